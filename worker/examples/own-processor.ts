/**
 * Handles uploads with a processor of one's own (it counts the lines of `.csv` files), and moves all others. Try it
 * against `npm run lab -- up`, with the endpoint and names that it prints:
 *
 *     AWS_ENDPOINT_URL=… QUEUE_URL=… UPLOAD_BUCKET=… npx tsx worker/examples/own-processor.ts
 */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { dispatchTo, moveProcessor, QueueConsumer, sdkApi, sqsTransport, type Processor } from '..';

const { QUEUE_URL, UPLOAD_BUCKET } = process.env;
if (QUEUE_URL === undefined || UPLOAD_BUCKET === undefined)
  throw new Error('set QUEUE_URL and UPLOAD_BUCKET');

const s3 = new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
const prefixes = { uploadsPrefix: 'uploads/', processedPrefix: 'processed/' };
const move = moveProcessor({ s3, ...prefixes });

const countLines: Processor = {
  name: 'count-lines',
  accepts: ({ key }) => key.endsWith('.csv'),
  async process(upload, context) {
    const { bucket, key, versionId } = upload;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
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
    tell: (line) => {
      console.log(line);
    },
  }),
});
consumer.start();
process.once('SIGINT', () => void consumer.stop());
process.once('SIGTERM', () => void consumer.stop());
