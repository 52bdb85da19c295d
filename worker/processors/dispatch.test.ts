import type { Upload } from '../events/upload';
import { ConsumerStoppedError, NonRetryableError } from '../queue/errors';
import type { QueueMessage } from '../queue/transport';
import { s3Event, snsEnvelope, testEvent } from '../testing/events';
import { dispatchTo } from './dispatch';
import type { Processor } from './processor';

const message = (body: string): QueueMessage => ({
  id: 'm1',
  receiptHandle: 'r1',
  body,
  receiveCount: 1,
  sentAt: 0,
  groupId: undefined,
  attributes: {},
});

/** Hands a body to a dispatcher; answers what was processed and told. */
async function dispatch(
  body: string,
  process: (upload: Upload) => void = () => undefined,
  signal = new AbortController().signal,
): Promise<{ readonly processed: string[]; readonly told: string[]; readonly error: unknown }> {
  const processed: string[] = [];
  const told: string[] = [];
  const processor = (name: string, accepts: (upload: Upload) => boolean): Processor => ({
    name,
    accepts,
    process: (upload) => {
      processed.push(`${name} ${upload.key}`);
      process(upload);
      return Promise.resolve();
    },
  });
  const handler = dispatchTo({
    bucket: 'bucket',
    uploadsPrefix: 'uploads/',
    processors: [
      { ...processor('movie', ({ key }) => key.endsWith('.mp4')), makesResults: true },
      processor('text', ({ key }) => key.endsWith('.txt')),
      processor('any', ({ key }) => !key.endsWith('.no')),
    ],
    tell: (line) => told.push(line),
  });
  const error: unknown = await handler(message(body), {
    signal,
    stopping: new AbortController().signal,
  }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { processed, told, error };
}

describe('dispatching a message', () => {
  it('gives an upload to the first processor that accepts it, and tells the story', async () => {
    expect(await dispatch(snsEnvelope(s3Event({ key: 'uploads/a.txt' })))).toEqual({
      processed: ['text uploads/a.txt'],
      told: ['Processing: uploads/a.txt'],
      error: undefined,
    });
    expect(await dispatch(s3Event({ key: 'uploads/a.bin' }))).toMatchObject({
      processed: ['any uploads/a.bin'],
    });
  });

  it('drops the test event', async () => {
    expect(await dispatch(testEvent())).toEqual({ processed: [], told: [], error: undefined });
  });

  it('leaves folder markers alone, and only those', async () => {
    expect(await dispatch(s3Event({ key: 'uploads/folder/', size: 0 }))).toMatchObject({
      processed: [],
      error: undefined,
    });
    expect(await dispatch(s3Event({ key: 'uploads/folder/', size: 1 }))).toMatchObject({
      processed: ['any uploads/folder/'],
    });
    expect(await dispatch(s3Event({ key: 'uploads/empty', size: 0 }))).toMatchObject({
      processed: ['any uploads/empty'],
    });
  });

  it.each([
    [
      'a key outside the prefix',
      s3Event({ key: 'processed/a.txt' }),
      'processed/a.txt is not under uploads/',
    ],
    ['another bucket', s3Event({ key: 'uploads/a.txt', bucket: 'other' }), 'this worker serves bucket only'],
    ['an upload that nobody accepts', s3Event({ key: 'uploads/a.no' }), 'no processor accepts uploads/a.no'],
    ['a body that is no event', 'hello', 'not JSON'],
  ])('refuses %s for good', async (_, body, reason) => {
    const { processed, error } = await dispatch(body);
    expect(processed).toEqual([]);
    expect(error).toBeInstanceOf(NonRetryableError);
    expect(String(error)).toContain(reason);
  });

  it.each([
    'a.mp4/manifest.json',
    'a.mp4/progress.json',
    'a.mp4/0123456789ab-01234567/poster.jpg',
    'a.mp4/0123456789ab/x/manifest.json',
    'b/a.mp4/manifest.json',
  ])('refuses uploads/%s for good: it would lie among the results of a movie', async (name) => {
    const { processed, error } = await dispatch(s3Event({ key: `uploads/${name}` }));
    expect(processed).toEqual([]);
    expect(error).toBeInstanceOf(NonRetryableError);
    expect(String(error)).toContain('a.mp4: give it another name');
  });

  it.each(['site/manifest.json', 'a.mp4/other.json', 'manifest.json', 'a.mp4/b.mp4', '0123456789ab/x'])(
    'takes uploads/%s as any other',
    async (name) => {
      const { processed, error } = await dispatch(s3Event({ key: `uploads/${name}` }));
      expect(error).toBeUndefined();
      expect(processed).toEqual([expect.stringContaining(` uploads/${name}`)]);
    },
  );

  const three = s3Event({ key: 'uploads/1' }, { key: 'uploads/2' }, { key: 'uploads/3' });

  it('handles every record, also after one failed, and is done only when all succeeded', async () => {
    const { processed, error } = await dispatch(three, ({ key }) => {
      if (key === 'uploads/2') throw new Error('not yet');
    });
    expect(processed).toEqual(['any uploads/1', 'any uploads/2', 'any uploads/3']);
    expect(error).toMatchObject({ message: 'not yet' });
  });

  it('tries again when one of several failures may pass', async () => {
    const { error } = await dispatch(three, ({ key }) => {
      throw key === 'uploads/2' ? new Error('not yet') : new NonRetryableError('broken');
    });
    expect(error).not.toBeInstanceOf(NonRetryableError);
    expect(String(error)).toContain(
      '3 records failed: NonRetryableError: broken; Error: not yet; NonRetryableError: broken',
    );
  });

  it('gives up for good when no failure may pass', async () => {
    const { error } = await dispatch(three, () => {
      throw new NonRetryableError('broken');
    });
    expect(error).toBeInstanceOf(NonRetryableError);
  });

  it('begins no further record after one that the stop of the consumer kept from beginning', async () => {
    const { processed, error } = await dispatch(three, () => {
      throw new ConsumerStoppedError();
    });
    expect(processed).toEqual(['any uploads/1']);
    expect(error).toBeInstanceOf(ConsumerStoppedError);
  });

  it('begins no further record after its signal aborted', async () => {
    const stop = new AbortController();
    const { processed, error } = await dispatch(
      three,
      () => {
        stop.abort();
      },
      stop.signal,
    );
    expect(processed).toEqual(['any uploads/1']);
    expect(error).toBe(stop.signal.reason);
  });
});
