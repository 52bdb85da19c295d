/**
 * Handles uploads with a processor of one's own (it counts the lines of `.csv` files), and moves all others. Try it
 * on the lab, in place of the lab's own workers:
 *
 *     npm run lab -- up && npm run lab -- kill-worker
 *     export AWS_REGION=us-east-2 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_ENDPOINT_URL=http://127.0.0.1:4566
 *     export UPLOAD_BUCKET=student-upload-bucket-aj QUEUE_URL=$AWS_ENDPOINT_URL/000000000000/devops-sqs-queue
 *     printf 'name,size\na,1\n' | aws s3 cp - s3://$UPLOAD_BUCKET/uploads/table.csv
 *     npx tsx worker/examples/own-processor.ts
 */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import {
  createLogger,
  dispatchTo,
  logQueueEvents,
  moveProcessor,
  QueueConsumer,
  sdkApi,
  sqsTransport,
  tellOnStdout,
  type Processor,
} from '..';

const { QUEUE_URL, UPLOAD_BUCKET } = process.env;
if (QUEUE_URL === undefined || UPLOAD_BUCKET === undefined)
  throw new Error('set QUEUE_URL to the URL of a queue with S3 events, and UPLOAD_BUCKET to their bucket');

const s3 = new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
const prefixes = { uploadsPrefix: 'uploads/', processedPrefix: 'processed/' };
const move = moveProcessor({ s3, ...prefixes });

const countLines: Processor = {
  name: 'count-lines',
  accepts: ({ key }) => key.endsWith('.csv'),
  async process(upload, context) {
    const { bucket, key, versionId } = upload;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }), {
      abortSignal: context.signal,
    });
    let lines = 0;
    if (Body instanceof Readable)
      for await (const line of createInterface({ input: Body })) lines += line === '' ? 0 : 1;
    context.tell(`Counted: ${key} has ${lines} lines`);
    await move.process(upload, context);
  },
};

const consumer = new QueueConsumer({
  transport: sqsTransport(sdkApi(new SQSClient({})), QUEUE_URL),
  handler: dispatchTo({
    bucket: UPLOAD_BUCKET,
    uploadsPrefix: prefixes.uploadsPrefix,
    processors: [countLines, move],
    tell: tellOnStdout,
  }),
  observer: logQueueEvents(createLogger('info')),
});
consumer.start();
process.once('SIGINT', () => void consumer.stop());
process.once('SIGTERM', () => void consumer.stop());
