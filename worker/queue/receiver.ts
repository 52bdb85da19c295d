import { backoffMs } from './backoff';
import type { ResolvedOptions } from './options';
import type { QueueMessage } from './transport';

/** An empty answer that comes sooner, as a service without long polls gives it, is followed by a pause up to this time. */
const MIN_POLL_MS = 200;

/**
 * Receives messages while there is room for them. One long poll is open while the queue is empty; as soon as messages
 * come, up to `pollers` calls run at a time. After a failed call it waits, longer each time, and goes on.
 */
export class Receiver {
  readonly #calls = new Set<Promise<void>>();
  readonly #halt = new AbortController();
  #reserved = 0;
  #busy = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;

  /**
   * @param prefetch how many messages may be held beyond the running ones now
   * @param room how many more messages may be held now, those asked for left out
   * @param deliver takes what was received; called after `stop()` as well when a call returned messages nonetheless
   */
  constructor(
    private readonly options: ResolvedOptions,
    private readonly prefetch: () => number,
    private readonly room: () => number,
    private readonly deliver: (messages: readonly QueueMessage[]) => void,
  ) {}

  /** Starts as many receive calls as room and pollers allow. */
  pump(): void {
    const { pollers, transport } = this.options;
    const batchSize = transport.receiveBatchSize;
    const worthACall = Math.min(batchSize, Math.max(1, this.prefetch()));
    while (!this.#halt.signal.aborted && this.#retry === undefined) {
      if (this.#calls.size >= (this.#busy ? pollers : 1)) return;
      const room = this.room() - this.#reserved;
      if (room < worthACall) return;
      this.#start(Math.min(batchSize, room));
    }
  }

  /** Aborts the calls in flight; resolves when they have ended. */
  async stop(): Promise<void> {
    this.#halt.abort();
    clearTimeout(this.#retry);
    await Promise.all(this.#calls);
  }

  #start(maxMessages: number): void {
    this.#reserved += maxMessages;
    const call = this.#receive(maxMessages).then((messages) => {
      this.#reserved -= maxMessages;
      this.#calls.delete(call);
      this.deliver(messages);
    });
    this.#calls.add(call);
  }

  async #receive(maxMessages: number): Promise<readonly QueueMessage[]> {
    const { transport, waitSeconds, visibilityTimeoutSeconds, observer } = this.options;
    const startedAt = performance.now();
    const failuresBefore = this.#failures;
    try {
      const messages = await transport.receive(
        { maxMessages, waitSeconds, visibilityTimeoutSeconds },
        this.#halt.signal,
      );
      this.#busy = messages.length > 0;
      if (this.#failures > 0) observer({ type: 'receive-recovered', failures: this.#failures });
      this.#failures = 0;
      const durationMs = performance.now() - startedAt;
      observer({ type: 'received', messages, durationMs });
      if (messages.length === 0 && durationMs < MIN_POLL_MS) this.#pause(MIN_POLL_MS - durationMs);
      return messages;
    } catch (error) {
      // Calls that were under way together and failed together are one failure.
      this.#failures = failuresBefore + 1;
      if (!this.#halt.signal.aborted) this.#backOff(error, performance.now() - startedAt);
      return [];
    }
  }

  #backOff(error: unknown, durationMs: number): void {
    const retryInMs = backoffMs(this.#failures, this.options.callBackoff);
    this.options.observer({ type: 'receive-failed', error, durationMs, retryInMs });
    this.#pause(retryInMs);
  }

  /** No call begins meanwhile. */
  #pause(ms: number): void {
    if (this.#halt.signal.aborted) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.pump();
    }, ms);
  }
}
