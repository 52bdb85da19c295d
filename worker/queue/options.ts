import type { BackoffOptions } from './backoff';
import { reasonOf } from './errors';
import type { QueueObserver } from './events';
import type { QueueMessage, QueueTransport } from './transport';

/** What a handler gets besides the message. */
export interface TaskContext {
  /** Aborts when the task must end: the message was lost, its time is over, or the consumer stops. */
  readonly signal: AbortSignal;
  /**
   * Aborts as soon as the consumer is to stop, while running tasks may go on. What has not begun yet, since it waits for
   * something here, rejects with its reason: the message is then visible again at once. It is the same signal for all
   * tasks, so take listeners away again.
   */
  readonly stopping: AbortSignal;
}

/**
 * Does the work of one message. Resolving (with anything) means done: the message is deleted. Rejecting means it is
 * delivered again after a backoff, or sent to the dead-letter queue when the error is a NonRetryableError.
 */
export type Handler = (message: QueueMessage, context: TaskContext) => Promise<unknown>;

export interface ConsumerOptions {
  readonly transport: QueueTransport;
  readonly handler: Handler;
  /** Visibility timeout that each receive asks for, in seconds; extended while the message is here. @default 30 */
  readonly visibilityTimeoutSeconds?: number;
  /** Messages handled at a time. @default 10 */
  readonly concurrency?: number;
  /**
   * Messages kept ready beyond the running ones, at most `concurrency`. Fewer while tasks are slow: as many as can begin
   * within a second, since those behind slow ones are better left to other workers. @default `concurrency`, at most 50
   */
  readonly prefetch?: number;
  /**
   * Receive calls at a time while the queue has messages; one while it has none.
   *
   * @default 1 for each 10 of concurrency and prefetch, for each 1 on a FIFO queue, at most 10
   */
  readonly pollers?: number;
  /** How long a receive call waits for messages, in seconds, 0 to 20. @default 20 */
  readonly waitSeconds?: number;
  /** The handler's signal aborts after this time, in seconds. @default - no limit but SQS's 12 hours */
  readonly taskTimeoutSeconds?: number;
  /** How long a delete may wait for others to share its call, in milliseconds. @default 20 */
  readonly deleteLingerMs?: number;
  /** How long running handlers may go on after `stop()`, in seconds. @default 30 */
  readonly drainSeconds?: number;
  /** How long aborted handlers may take to end, and the last calls to succeed, in seconds. @default 5 */
  readonly graceSeconds?: number;
  /** Delay of the next delivery after a failed one. @default 1 s doubling to 15 minutes */
  readonly retryBackoff?: BackoffOptions;
  /** Delay of calls after failed ones. @default 200 ms doubling to 30 s */
  readonly callBackoff?: BackoffOptions;
  /** @default 43200, SQS's own limit */
  readonly maxInvisibleSeconds?: number;
  /** Must not throw; if it does, that is a warning of the process and nothing more. @default - nobody watches */
  readonly observer?: QueueObserver;
}

/** The options with every default filled in. */
export type ResolvedOptions = Required<Omit<ConsumerOptions, 'taskTimeoutSeconds'>> &
  Pick<ConsumerOptions, 'taskTimeoutSeconds'>;

/** @throws RangeError naming the option, the value got and what is allowed. */
export function resolveOptions(options: ConsumerOptions): ResolvedOptions {
  const concurrency = whole('concurrency', options.concurrency ?? 10, 1, 10_000);
  const prefetch = whole('prefetch', options.prefetch ?? Math.min(concurrency, 50), 0, concurrency);
  const { receiveBatchSize } = options.transport;
  return {
    transport: options.transport,
    handler: options.handler,
    visibilityTimeoutSeconds: whole(
      'visibilityTimeoutSeconds',
      options.visibilityTimeoutSeconds ?? 30,
      1,
      43_200,
    ),
    concurrency,
    prefetch,
    pollers: whole(
      'pollers',
      options.pollers ?? Math.min(10, Math.ceil((concurrency + prefetch) / receiveBatchSize)),
      1,
      100,
    ),
    waitSeconds: whole('waitSeconds', options.waitSeconds ?? 20, 0, 20),
    ...(options.taskTimeoutSeconds !== undefined && {
      taskTimeoutSeconds: within('taskTimeoutSeconds', options.taskTimeoutSeconds, 0.001, 43_200),
    }),
    deleteLingerMs: within('deleteLingerMs', options.deleteLingerMs ?? 20, 0, 10_000),
    drainSeconds: checkedDrainSeconds(options.drainSeconds ?? 30),
    graceSeconds: within('graceSeconds', options.graceSeconds ?? 5, 0, 600),
    retryBackoff: backoff('retryBackoff', options.retryBackoff ?? { baseMs: 1000, maxMs: 900_000 }),
    callBackoff: backoff('callBackoff', options.callBackoff ?? { baseMs: 200, maxMs: 30_000 }),
    maxInvisibleSeconds: within('maxInvisibleSeconds', options.maxInvisibleSeconds ?? 43_200, 1, 43_200),
    observer: guarded(options.observer ?? (() => undefined)),
  };
}

/** @throws RangeError naming the value got and what is allowed. */
export function checkedDrainSeconds(seconds: number): number {
  return within('drainSeconds', seconds, 0, 43_200);
}

function guarded(observer: QueueObserver): QueueObserver {
  return (event) => {
    try {
      observer(event);
    } catch (error) {
      process.emitWarning(`an observer of the queue consumer threw at ${event.type}: ${reasonOf(error)}`);
    }
  };
}

/** Up to SQS's longest visibility timeout, which any timer keeps. */
function backoff(name: string, { baseMs, maxMs }: BackoffOptions): BackoffOptions {
  return {
    baseMs: within(`${name}.baseMs`, baseMs, 1, 43_200_000),
    maxMs: within(`${name}.maxMs`, maxMs, baseMs, 43_200_000),
  };
}

function whole(name: string, value: number, minimum: number, maximum: number): number {
  if (!Number.isInteger(value)) throw new RangeError(`${name} must be a whole number, got ${value}`);
  return within(name, value, minimum, maximum);
}

function within(name: string, value: number, minimum: number, maximum: number): number {
  if (value >= minimum && value <= maximum) return value;
  throw new RangeError(`${name} must be from ${minimum} to ${maximum}, got ${value}`);
}
