import path from 'node:path';
import { recordOf, s3Event } from '../testing/events';
import { Body } from '../../testing/s3/body';
import { S3Server } from '../../testing/s3/server';
import { SqsServer } from '../testing/sqs-server';
import { until } from '../testing/until';
import { WorkerProcess } from '../testing/worker-process';

jest.setTimeout(60_000);

/** As its own header says to run it. */
function runExample(name: string, environment: Readonly<Record<string, string>>): WorkerProcess {
  return WorkerProcess.run(['--import', 'tsx', path.join(__dirname, name)], {
    AWS_REGION: 'us-east-2',
    ...environment,
  });
}

describe('the example any-queue', () => {
  it('prints what is in a queue, refuses what is empty, and ends on SIGTERM', async () => {
    await using sqs = await SqsServer.start();
    const queue = sqs.createQueue('try');
    const QUEUE_URL = queue.url;
    await using example = runExample('any-queue.ts', { AWS_ENDPOINT_URL: sqs.endpoint, QUEUE_URL });
    queue.send({ body: 'hello' });
    queue.send({ body: '' });
    await until(`it printed; it said: ${example.stderr}`, () => example.story.length === 1);
    await until('it has refused the empty one', () => example.stderr.includes('there is nothing to do'));
    example.kill('SIGTERM');
    expect(await example.exited).toEqual({ code: 0, signal: null });
    expect(example.story).toEqual(['hello']);
    expect(queue.deleted).toBe(1);
  });

  it('says what it needs to know', async () => {
    await using example = runExample('any-queue.ts', {});
    expect(await example.exited).toMatchObject({ code: 1 });
    expect(example.stderr).toContain('set QUEUE_URL to the URL of a queue');
  });
});

describe('the example own-processor', () => {
  it('counts the lines of a table, moves it and any other upload, and ends on SIGTERM', async () => {
    await using sqs = await SqsServer.start();
    await using s3 = await S3Server.start();
    const queue = sqs.createQueue('events');
    const bucket = s3.createBucket('bucket', { versioned: true });
    for (const [key, content] of [
      ['uploads/table.csv', 'name,size\na,1\n'],
      ['uploads/other.txt', 'hello'],
    ] as const) {
      const version = bucket.put({ key, body: Body.of(content) });
      queue.send({ body: s3Event(recordOf(bucket, version)) });
    }
    await using example = runExample('own-processor.ts', {
      // Seen by both clients: path-style S3, and SQS at the address of its queue.
      AWS_ENDPOINT_URL: s3.endpoint,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      QUEUE_URL: queue.url,
      UPLOAD_BUCKET: 'bucket',
    });
    await until('both messages are deleted', () => queue.deleted === 2);
    example.kill('SIGTERM');
    expect(await example.exited).toEqual({ code: 0, signal: null });
    expect(bucket.keys).toEqual(['processed/other.txt', 'processed/table.csv']);
    expect(example.story).toContain('Counted: uploads/table.csv has 2 lines');
  });

  it('says what it needs to know', async () => {
    await using example = runExample('own-processor.ts', { QUEUE_URL: 'http://127.0.0.1/q' });
    expect(await example.exited).toMatchObject({ code: 1 });
    expect(example.stderr).toContain('set QUEUE_URL to the URL of a queue with S3 events, and UPLOAD_BUCKET');
  });
});
