import { SQSClient } from '@aws-sdk/client-sqs';
import { QueueConsumer } from '../queue/consumer';
import type { QueueEvent } from '../queue/events';
import type { ConsumerOptions, Handler } from '../queue/options';
import { leanApi } from '../queue/lean-api';
import { sdkApi } from '../queue/sdk-api';
import { sqsTransport } from '../queue/sqs-transport';
import type { QueueTransport } from '../queue/transport';
import { SqsError, type MemoryQueue, type SentMessage } from './sqs-queue';
import { SqsServer } from './sqs-server';
import { until } from './until';

export interface RehearsalOptions extends Partial<Omit<ConsumerOptions, 'transport' | 'observer'>> {
  readonly handler: Handler;
  /** @default tasks */
  readonly queueName?: string;
  /** @default - no redrive */
  readonly maxReceiveCount?: number;
  /** True to let the consumer know the dead-letter queue. @default false */
  readonly sendsToDeadLetterQueue?: boolean;
  /** Stands between the consumer and the SDK. @default - nothing does */
  readonly adapt?: (transport: QueueTransport) => QueueTransport;
}

/** A consumer on a queue in memory, through a real client. Not started yet. */
export interface Rehearsal extends AsyncDisposable {
  readonly server: SqsServer;
  readonly queue: MemoryQueue;
  readonly deadLetterQueue: MemoryQueue;
  readonly consumer: QueueConsumer;
  /** All that the consumer told, oldest first. */
  readonly events: readonly QueueEvent[];
  /** Those of one type. */
  readonly told: <T extends QueueEvent['type']>(type: T) => Extract<QueueEvent, { type: T }>[];
}

let by: 'sdk' | 'lean' = 'sdk';

/** Has all rehearsals that follow in this test file speak to the queue in this way. @default sdk */
export function speakBy(way: 'sdk' | 'lean'): void {
  by = way;
}

export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const {
    queueName = 'tasks',
    maxReceiveCount,
    sendsToDeadLetterQueue = false,
    adapt,
    handler,
    ...consumerOptions
  } = options;
  const server = await SqsServer.start();
  const deadLetterQueue = server.createQueue(`dead-${queueName}`);
  const queue = server.createQueue(queueName, {
    ...(maxReceiveCount !== undefined && { redrive: { maxReceiveCount, deadLetterQueue } }),
  });
  const client = new SQSClient({
    region: 'us-east-2',
    endpoint: server.endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const credentials = client.config.credentials;
  const lean =
    by === 'lean' ? leanApi({ region: 'us-east-2', endpoint: server.endpoint, credentials }) : undefined;
  const api = lean ?? sdkApi(client);
  const transport = sqsTransport(api, queue.url, sendsToDeadLetterQueue ? deadLetterQueue.url : undefined);
  const events: QueueEvent[] = [];
  const consumer = new QueueConsumer({
    visibilityTimeoutSeconds: 30,
    callBackoff: { baseMs: 10, maxMs: 50 },
    retryBackoff: { baseMs: 1000, maxMs: 1000 },
    ...consumerOptions,
    handler: (message, context) => (message.body === QUICK ? Promise.resolve() : handler(message, context)),
    transport: adapt?.(transport) ?? transport,
    observer: (event) => {
      events.push(event);
    },
  });
  return {
    server,
    queue,
    deadLetterQueue,
    consumer,
    events,
    told: (type) =>
      events.filter((event): event is Extract<QueueEvent, { type: typeof type }> => event.type === type),
    async [Symbol.asyncDispose]() {
      await consumer.stop();
      client.destroy();
      lean?.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Starts the consumer and has it handle one message quickly: it then keeps others ready. */
export async function startQuick({ consumer, queue, told }: Rehearsal): Promise<void> {
  queue.send({ body: QUICK });
  consumer.start();
  await until('the quick message is deleted', () => told('deleted').length === 1);
}

/** Sends the consumer's first message and starts it; returns when it has heard that the message is no longer its own. */
export async function startAndLose(
  { consumer, queue, told }: Rehearsal,
  message: SentMessage = { body: 'x' },
): Promise<void> {
  queue.entryFault = () => new SqsError('MessageNotInflight', 'not in flight');
  queue.send(message);
  consumer.start();
  await until('it is lost', () => told('lost').length === 1);
  queue.entryFault = undefined;
}

const QUICK = 'quick';

/** A gate that a handler waits at until the test opens it. */
export interface Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;
}

export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    passed: promise,
    open: () => {
      resolve(undefined);
    },
  };
}
