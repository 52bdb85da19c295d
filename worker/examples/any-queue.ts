/**
 * Takes messages from any queue and prints them. Try it:
 *
 *     QUEUE_URL=https://sqs.us-east-2.amazonaws.com/111122223333/my-queue npx tsx worker/examples/any-queue.ts
 */
import { setTimeout as delay } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { NonRetryableError, QueueConsumer, sdkApi, sqsTransport } from '..';

const { QUEUE_URL } = process.env;
if (QUEUE_URL === undefined) throw new Error('set QUEUE_URL to the URL of a queue');

const consumer = new QueueConsumer({
  transport: sqsTransport(sdkApi(new SQSClient({})), QUEUE_URL),
  concurrency: 20,
  taskTimeoutSeconds: 60,
  handler: async (message, { signal }) => {
    if (message.body === '') throw new NonRetryableError('there is nothing to do');
    await delay(100, undefined, { signal });
    console.log(message.body);
  },
  observer: (event) => {
    if (event.type === 'receive-failed') console.error(event.error);
  },
});
consumer.start();
process.once('SIGINT', () => void consumer.stop());
process.once('SIGTERM', () => void consumer.stop());
