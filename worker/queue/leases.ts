import { MessageLostError, reasonOf, VisibilityExhaustedError } from './errors';
import { BATCH_SIZE } from './outbox';
import type { QueueMessage, QueueTransport } from './transport';

/** SQS keeps a message invisible for at most 12 hours in total, counted from its receipt. */
export const MAX_INVISIBLE_SECONDS = 43_200;

/** Extensions due within this part of the visibility timeout share a call. */
const COALESCE = 0.1;
/** Where a whole call failed, the next try comes after this part of the visibility timeout. */
const RETRY = 0.1;
/**
 * At SQS's limit the task's signal aborts this part of the visibility timeout before the message becomes visible (but not
 * more than half a minute), so that there is time to end and to send the message to the dead-letter queue.
 */
const SETTLE = 0.25;
const MAX_SETTLE_MS = 30_000;
/** SQS counts from the receipt, which was a moment before we heard of it, in seconds. */
const LATENCY_SECONDS = 1;

/** A message that is ours for now. The signal aborts when it no longer is, or when its task must end. */
export interface Lease {
  readonly message: QueueMessage;
  readonly receiptHandle: string;
  readonly signal: AbortSignal;
  /** Aborts the task's signal with this reason; the first reason stays. */
  abort(reason: Error): void;
}

interface HeldLease extends Lease {
  readonly receivedAt: number;
  /** When it becomes visible again unless extended, by our clock. */
  visibleAt: number;
  /** When it is to be extended next; Infinity while that is under way, and when it cannot be any more. */
  dueAt: number;
}

export interface LeasesOptions {
  readonly transport: Pick<QueueTransport, 'changeVisibility'>;
  readonly visibilityTimeoutSeconds: number;
  /** @default 43200, SQS's own limit */
  readonly maxInvisibleSeconds?: number;
  readonly extensionFailed: (error: unknown) => void;
  readonly lost: (lease: Lease, reason: Error) => void;
}

/**
 * Keeps every received message invisible until it is released: one timer for all, extensions in batches of ten, at half
 * the visibility timeout.
 */
export class Leases {
  readonly #held = new Map<string, HeldLease>();
  readonly #timeoutMs: number;
  readonly #maxMs: number;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #stopped = false;

  constructor(private readonly options: LeasesOptions) {
    this.#timeoutMs = options.visibilityTimeoutSeconds * 1000;
    this.#maxMs = (options.maxInvisibleSeconds ?? MAX_INVISIBLE_SECONDS) * 1000;
  }

  get size(): number {
    return this.#held.size;
  }

  /** From now on the message is kept invisible. */
  hold(message: QueueMessage): Lease {
    const now = performance.now();
    const controller = new AbortController();
    const lease: HeldLease = {
      message,
      receiptHandle: message.receiptHandle,
      signal: controller.signal,
      abort: (reason) => {
        controller.abort(reason);
      },
      receivedAt: now,
      visibleAt: now + this.#timeoutMs,
      dueAt: now + this.#timeoutMs / 2,
    };
    this.#held.set(lease.receiptHandle, lease);
    this.#arm(lease.dueAt);
    return lease;
  }

  isHeld(lease: Lease): boolean {
    return this.#held.has(lease.receiptHandle);
  }

  /** The message is settled (deleted, returned or given up): nothing more is done for it. */
  release(lease: Lease): void {
    this.#held.delete(lease.receiptHandle);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#held.clear();
  }

  /** Makes the one timer fire no later than this. */
  #arm(dueAt: number): void {
    if (this.#stopped || dueAt >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = dueAt;
    this.#timer = setTimeout(
      () => {
        this.#extendDue();
      },
      Math.max(0, dueAt - performance.now()),
    );
  }

  #extendDue(): void {
    this.#timerAt = Infinity;
    const now = performance.now();
    const horizon = now + this.#timeoutMs * COALESCE;
    const due: HeldLease[] = [];
    let next = Infinity;
    for (const lease of [...this.#held.values()]) {
      if (lease.dueAt <= horizon) due.push(lease);
      else if (lease.visibleAt <= now)
        this.#lose(lease, new MessageLostError('its visibility timeout is over'));
      else next = Math.min(next, lease.dueAt, lease.visibleAt);
    }
    for (let start = 0; start < due.length; start += BATCH_SIZE) {
      void this.#extend(due.slice(start, start + BATCH_SIZE));
    }
    this.#arm(next);
  }

  async #extend(batch: readonly HeldLease[]): Promise<void> {
    const now = performance.now();
    const changes = batch.flatMap((lease) => {
      const seconds = this.#secondsToAsk(lease, now);
      if (now + seconds * 1000 > lease.visibleAt) {
        this.#reschedule(lease, Infinity);
        return [{ receiptHandle: lease.receiptHandle, seconds, lease }];
      }
      this.#exhaust(lease, now);
      return [];
    });
    if (changes.length === 0) return;
    try {
      const failures = await this.options.transport.changeVisibility(changes);
      const failed = new Map(failures.map((failure) => [failure.receiptHandle, failure]));
      for (const { lease, seconds } of changes) {
        const failure = failed.get(lease.receiptHandle);
        if (failure === undefined) this.#extended(lease, now, seconds);
        else if (failure.retryable) this.#postpone(lease);
        else this.#lose(lease, new MessageLostError(`${failure.code} ${failure.message}`.trim()));
      }
    } catch (error) {
      this.options.extensionFailed(error);
      for (const { lease } of changes) this.#postpone(lease, error);
    }
  }

  /** How long the message can be kept from now, within SQS's limit. */
  #secondsToAsk(lease: HeldLease, now: number): number {
    const rest = Math.floor((lease.receivedAt + this.#maxMs - now) / 1000) - LATENCY_SECONDS;
    return Math.min(this.#timeoutMs / 1000, rest);
  }

  /** No extension gains anything any more: shortly before its end the task is told that it takes too long. */
  #exhaust(lease: HeldLease, now: number): void {
    const abortAt = lease.visibleAt - Math.min(this.#timeoutMs * SETTLE, MAX_SETTLE_MS);
    if (now < abortAt) this.#reschedule(lease, abortAt);
    else {
      this.#reschedule(lease, Infinity);
      lease.abort(new VisibilityExhaustedError(this.#maxMs / 1000));
    }
  }

  #extended(lease: HeldLease, now: number, seconds: number): void {
    lease.visibleAt = now + seconds * 1000;
    this.#reschedule(lease, now + (seconds * 1000) / 2);
  }

  #postpone(lease: HeldLease, cause?: unknown): void {
    const now = performance.now();
    if (now >= lease.visibleAt) {
      const why =
        cause === undefined ? 'it could not be extended' : `it could not be extended (${reasonOf(cause)})`;
      this.#lose(lease, new MessageLostError(`its visibility timeout is over: ${why}`));
    } else this.#reschedule(lease, now + this.#timeoutMs * RETRY);
  }

  /** Whatever comes of it, the timer fires when the message becomes visible: it is lost then. */
  #reschedule(lease: HeldLease, dueAt: number): void {
    lease.dueAt = dueAt;
    this.#arm(Math.min(dueAt, lease.visibleAt));
  }

  #lose(lease: HeldLease, reason: Error): void {
    if (!this.#held.delete(lease.receiptHandle)) return;
    lease.abort(reason);
    this.options.lost(lease, reason);
  }
}
