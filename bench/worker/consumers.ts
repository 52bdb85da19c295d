import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { QueueConsumer } from '../../worker/queue/consumer';
import { leanApi } from '../../worker/queue/lean-api';
import { sdkApi } from '../../worker/queue/sdk-api';
import type { SqsApi } from '../../worker/queue/sqs-api';
import { sqsTransport } from '../../worker/queue/sqs-transport';

/** What is run against the queue. */
export interface ConsumerRun {
  readonly endpoint: string;
  readonly queueUrl: string;
  /** Messages handled at a time. */
  readonly concurrency: number;
  readonly handle: (body: string) => Promise<void>;
}

/** Starts to consume; the answer stops it. Loads what it needs and no more: memory is measured. */
export type StartConsumer = (run: ConsumerRun) => Promise<() => Promise<void>>;

function config({ endpoint }: ConsumerRun): SQSClientConfig {
  return { region: 'us-east-2', endpoint, credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };
}

/** So many sqs-consumers side by side, each with batches of so many, by its message API. */
function sqsConsumers(instances: number, batchSize: number): StartConsumer {
  return async (run) => {
    const { Consumer } = await import('sqs-consumer');
    const sqs = new SQSClient(config(run));
    const consumers = Array.from({ length: instances }, () =>
      Consumer.create({
        queueUrl: run.queueUrl,
        sqs,
        batchSize,
        handleMessage: async (message) => {
          await run.handle(message.Body ?? '');
          return message;
        },
      }),
    );
    for (const consumer of consumers) consumer.start();
    return () => {
      for (const consumer of consumers) consumer.stop({ abort: true });
      return Promise.resolve();
    };
  };
}

/** By its batch API, which deletes a batch in one call. */
function sqsConsumerBatches(instances: number): StartConsumer {
  return async (run) => {
    const { Consumer } = await import('sqs-consumer');
    const sqs = new SQSClient(config(run));
    const consumers = Array.from({ length: instances }, () =>
      Consumer.create({
        queueUrl: run.queueUrl,
        sqs,
        batchSize: 10,
        handleMessageBatch: async (messages) => {
          await Promise.all(messages.map((message) => run.handle(message.Body ?? '')));
          return messages;
        },
      }),
    );
    for (const consumer of consumers) consumer.start();
    return () => {
      for (const consumer of consumers) consumer.stop({ abort: true });
      return Promise.resolve();
    };
  };
}

/** So many squisses side by side that have together as many messages at a time as the run wants. */
function squisses(instances: number): StartConsumer {
  return async (run) => {
    const { Squiss } = await import('squiss-ts');
    const maxInFlight = run.concurrency / instances;
    const consumers = Array.from(
      { length: instances },
      () =>
        new Squiss({
          queueUrl: run.queueUrl,
          awsConfig: config(run) as SQSClientConfig & S3ClientConfig,
          correctQueueUrl: false,
          bodyFormat: 'plain',
          receiveBatchSize: Math.min(10, maxInFlight),
          minReceiveBatchSize: 1,
          deleteBatchSize: 10,
          deleteWaitMs: 20,
          maxInFlight,
          activePollIntervalMs: 0,
        }),
    );
    for (const consumer of consumers) {
      consumer.on('message', (message) => {
        void run.handle(String(message.body)).then(() => message.del());
      });
      consumer.on('error', (error) => {
        throw error;
      });
      void consumer.start();
    }
    return async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    };
  };
}

const ours =
  (apiOf: (client: SQSClient, run: ConsumerRun) => SqsApi): StartConsumer =>
  (run) => {
    const consumer = new QueueConsumer({
      transport: sqsTransport(apiOf(new SQSClient(config(run)), run), run.queueUrl),
      concurrency: run.concurrency,
      handler: (message) => run.handle(message.body),
    });
    consumer.start();
    return Promise.resolve(() => consumer.stop());
  };

/** By their names in the report. */
export const CONSUMERS: Readonly<Record<string, StartConsumer>> = {
  'upload-pipeline': ours((client, { endpoint }) =>
    leanApi({ region: 'us-east-2', endpoint, credentials: client.config.credentials }),
  ),
  'upload-pipeline by the SDK': ours((client) => sdkApi(client)),
  'sqs-consumer 1×10': sqsConsumers(1, 10),
  'sqs-consumer 10×1': sqsConsumers(10, 1),
  'sqs-consumer 50×1': sqsConsumers(50, 1),
  'sqs-consumer batch 1×10': sqsConsumerBatches(1),
  'sqs-consumer batch 5×10': sqsConsumerBatches(5),
  'sqs-consumer batch 10×10': sqsConsumerBatches(10),
  squiss: squisses(1),
  'squiss 5×10': squisses(5),
};
