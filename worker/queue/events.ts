import type { QueueMessage } from './transport';

/** How the handling of one delivery of a message ended. */
export type Outcome =
  /** The handler resolved; the message is deleted. */
  | 'done'
  /** The handler rejected; the message becomes visible again after a backoff. */
  | 'retried'
  /** The handler rejected with a NonRetryableError; the message goes to the dead-letter queue. */
  | 'refused'
  /** The message was no longer ours when the handler ended; nothing is done to it. */
  | 'lost'
  /** The consumer stopped first; the message is visible again at once. */
  | 'returned';

/** What a consumer tells whoever watches it: logs, metrics and tests are made of this. Times are in milliseconds. */
export type QueueEvent =
  /** The consumer was started. */
  | { readonly type: 'receiving' }
  | { readonly type: 'received'; readonly messages: readonly QueueMessage[]; readonly durationMs: number }
  | { readonly type: 'started'; readonly message: QueueMessage }
  | {
      readonly type: 'finished';
      readonly message: QueueMessage;
      readonly outcome: Outcome;
      readonly durationMs: number;
      readonly error?: unknown;
      /** Until the next delivery, of outcome `retried`. */
      readonly retryInSeconds?: number;
    }
  | { readonly type: 'deleted'; readonly message: QueueMessage }
  /** A finished message could not be deleted: it will be delivered again. */
  | { readonly type: 'delete-failed'; readonly message: QueueMessage; readonly reason: string }
  | { readonly type: 'lost'; readonly message: QueueMessage; readonly reason: string }
  | {
      readonly type: 'receive-failed';
      readonly error: unknown;
      readonly durationMs: number;
      readonly retryInMs: number;
    }
  | { readonly type: 'receive-recovered'; readonly failures: number }
  /** A delete, extension or return call failed as a whole; it is made again. */
  | {
      readonly type: 'call-failed';
      readonly call: 'delete' | 'extend' | 'return' | 'dead-letter';
      readonly error: unknown;
    }
  | { readonly type: 'stopping'; readonly running: number; readonly buffered: number }
  /** The handler did not end although its signal was aborted; its message is handed back all the same. */
  | { readonly type: 'abandoned'; readonly message: QueueMessage }
  | { readonly type: 'stopped' };

export type QueueObserver = (event: QueueEvent) => void;

/** One observer that tells several, in their order. */
export function observeAll(observers: readonly QueueObserver[]): QueueObserver {
  return (event) => {
    for (const observer of observers) observer(event);
  };
}
