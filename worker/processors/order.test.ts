import { NonRetryableError } from '../queue/errors';
import { startProcessing } from '../testing/processing';
import { randomFrom } from '../testing/random';
import { S3Error, type ObjectVersion } from '../../testing/s3/bucket';
import { moveProcessor } from './move';

describe('deliveries in a random order, three times each, by three workers at a time, with failures at any call', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))('end the same (seed %i)', async (seed) => {
    const random = randomFrom(seed);
    const versioned = random() < 0.5;
    await using p = await startProcessing({
      versioned,
      processor: (s3) => moveProcessor({ s3, uploadsPrefix: 'uploads/', processedPrefix: 'processed/' }),
    });
    p.server.intercept = () => {
      if (random() < 0.15) throw new S3Error('InternalError', 500);
      return undefined;
    };
    const waiting: ObjectVersion[] = [];
    const upload = (content: string): void => {
      const version = p.upload('uploads/x', content);
      for (let i = 0; i < 3; i += 1) waiting.splice(Math.floor(random() * (waiting.length + 1)), 0, version);
    };
    upload('1');
    upload('2');
    const toCome = ['3'];
    const work = async (): Promise<void> => {
      for (let version = waiting.shift(); version !== undefined; version = waiting.shift()) {
        const failed = await p.deliver(version).then(
          () => false,
          (error: unknown) => !(error instanceof NonRetryableError),
        );
        if (failed) waiting.splice(Math.floor(random() * (waiting.length + 1)), 0, version);
        // A newer version arrives in the middle of it all.
        if (random() < 0.3) toCome.splice(0).forEach(upload);
      }
    };
    while (waiting.length > 0) await Promise.all([work(), work(), work()]);
    toCome.splice(0).forEach(upload);
    await work();
    expect(p.bucket.get('processed/x').body.toBuffer().toString()).toBe('3');
    expect(p.bucket.keys).toEqual(['processed/x']);
  });
});
