/**
 * Takes messages from any queue and prints them. Try it on LocalStack, or on AWS without the endpoint and the keys:
 *
 *     export AWS_REGION=us-east-2 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_ENDPOINT_URL=http://127.0.0.1:4566
 *     aws sqs create-queue --queue-name try
 *     aws sqs send-message --queue-url $AWS_ENDPOINT_URL/000000000000/try --message-body hello
 *     QUEUE_URL=$AWS_ENDPOINT_URL/000000000000/try npx tsx worker/examples/any-queue.ts
 */
import { setTimeout as delay } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createLogger, logQueueEvents, NonRetryableError, QueueConsumer, sdkApi, sqsTransport } from '..';

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
  observer: logQueueEvents(createLogger('info')),
});
consumer.start();
process.once('SIGINT', () => void consumer.stop());
process.once('SIGTERM', () => void consumer.stop());
