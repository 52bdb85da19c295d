import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs, type BackoffOptions } from './backoff';
import type { BatchFailure } from './transport';

/** SQS takes up to ten entries in a batch call. */
export const BATCH_SIZE = 10;

export interface OutboxOptions<T extends { readonly receiptHandle: string }> {
  /** Sends 1 to 10 items in one call; answers which of them failed. */
  readonly send: (items: readonly T[]) => Promise<readonly BatchFailure[]>;
  /** Told once of each item: sent, or given up with the failure. */
  readonly settled: (item: T, failure: BatchFailure | undefined) => void;
  /** Told of each call that failed as a whole; the items are sent again. */
  readonly callFailed: (error: unknown) => void;
  /** How long an item may wait for others to share a call with, in milliseconds. */
  readonly lingerMs: number;
  readonly backoff: BackoffOptions;
}

/** Coalesces items into batch calls (by count and a few milliseconds) and sends again what failed for a passing reason. */
export class Outbox<T extends { readonly receiptHandle: string }> {
  #waiting: T[] = [];
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  readonly #sending = new Set<Promise<void>>();
  readonly #halt = new AbortController();

  constructor(private readonly options: OutboxOptions<T>) {}

  /** True while calls fail as a whole: the caller should not produce more for now. */
  get failing(): boolean {
    return this.#failures > 0;
  }

  add(item: T): void {
    this.#waiting.push(item);
    if (this.#waiting.length >= BATCH_SIZE) this.#dispatch();
    else
      this.#timer ??= setTimeout(() => {
        this.#dispatch();
      }, this.options.lingerMs);
  }

  /**
   * Sends all that waits and resolves when everything is settled, or when the time is over: what is unsent is then
   * dropped, and its messages become visible again by themselves. What is added later is sent once.
   */
  async flush(timeoutMs: number): Promise<void> {
    const timeIsOver = Promise.withResolvers<undefined>();
    const timeout = setTimeout(() => {
      this.#halt.abort();
      timeIsOver.resolve(undefined);
    }, timeoutMs);
    while (!this.#halt.signal.aborted && (this.#waiting.length > 0 || this.#sending.size > 0)) {
      this.#dispatch();
      await Promise.race([Promise.all(this.#sending), timeIsOver.promise]);
    }
    clearTimeout(timeout);
    this.#halt.abort();
  }

  #dispatch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0) {
      const sending = this.#send(this.#waiting.splice(0, BATCH_SIZE)).finally(() => {
        this.#sending.delete(sending);
      });
      this.#sending.add(sending);
    }
  }

  /** Sends a batch until each item of it is settled or the outbox is halted. */
  async #send(batch: readonly T[]): Promise<void> {
    let items = batch;
    for (let attempt = 1; items.length > 0; attempt += 1) {
      if (attempt > 1 && !(await this.#pause(attempt - 1))) return;
      try {
        items = this.#settle(items, await this.options.send(items));
        this.#failures = 0;
      } catch (error) {
        this.#failures += 1;
        this.options.callFailed(error);
      }
    }
  }

  /** Returns the items to send again. */
  #settle(items: readonly T[], failures: readonly BatchFailure[]): readonly T[] {
    const failed = new Map(failures.map((failure) => [failure.receiptHandle, failure]));
    return items.filter((item) => {
      const failure = failed.get(item.receiptHandle);
      if (failure?.retryable === true) return true;
      this.options.settled(item, failure);
      return false;
    });
  }

  async #pause(failures: number): Promise<boolean> {
    try {
      await delay(backoffMs(failures, this.options.backoff), undefined, { signal: this.#halt.signal });
      return true;
    } catch {
      return false;
    }
  }
}
