import { setMaxListeners } from 'node:events';
import { backoffMs } from './backoff';
import { ConsumerStoppedError, NonRetryableError, reasonOf } from './errors';
import type { Outcome } from './events';
import { Leases, type Lease } from './leases';
import { checkedDrainSeconds, resolveOptions, type ConsumerOptions, type ResolvedOptions } from './options';
import { Outbox } from './outbox';
import { Receiver } from './receiver';
import { Schedule } from './schedule';
import { runTask, type TaskResult } from './task';
import type { BatchFailure, VisibilityChange } from './transport';

/** A delivery whose end the queue must be told: its lease is kept until it has been. */
interface Finished {
  readonly receiptHandle: string;
  readonly lease: Lease;
}

/** A message is kept ready when it can begin within this time. */
const PREFETCH_MS = 1000;
/** Weight of the last task in the mean. */
const LAST = 0.1;

interface Ending {
  readonly outcome: Outcome;
  readonly error?: unknown;
  readonly retryInSeconds?: number;
}

/**
 * Takes messages from a queue and runs a handler for each, a fixed number at a time. A slow message delays no other: as
 * soon as a slot is free the next message runs, and receiving goes on beside it.
 *
 * A message is deleted only after its handler resolved. Delivery is at least once: handlers must be idempotent.
 *
 * @example
 * const consumer = new QueueConsumer({ transport: sqsTransport(sdkApi(new SQSClient({})), queueUrl), handler });
 * consumer.start();
 * process.once('SIGTERM', () => void consumer.stop());
 */
export class QueueConsumer {
  readonly #options: ResolvedOptions;
  readonly #leases: Leases;
  readonly #deletes: Outbox<Finished>;
  readonly #returns: Outbox<VisibilityChange>;
  readonly #receiver: Receiver;
  readonly #schedule = new Schedule();
  readonly #running = new Map<Lease, Promise<void>>();
  #state: 'new' | 'started' | 'stopping' = 'new';
  /** How long tasks take, the last ones most. Until one has ended they count as slow. */
  #meanTaskMs = Infinity;
  #stopped: Promise<void> | undefined;
  readonly #stopping = new AbortController();
  readonly #drainOver = Promise.withResolvers<false>();

  /** @throws RangeError when an option is out of its range. */
  constructor(options: ConsumerOptions) {
    const resolved = resolveOptions(options);
    const { transport, observer, callBackoff, deleteLingerMs: lingerMs } = resolved;
    // As many tasks may listen as there are.
    setMaxListeners(0, this.#stopping.signal);
    this.#options = resolved;
    this.#leases = new Leases({
      transport,
      visibilityTimeoutSeconds: resolved.visibilityTimeoutSeconds,
      maxInvisibleSeconds: resolved.maxInvisibleSeconds,
      extensionFailed: (error) => {
        observer({ type: 'call-failed', call: 'extend', error });
      },
      lost: (lease, reason) => {
        this.#lost(lease, reason);
      },
    });
    this.#deletes = new Outbox<Finished>({
      send: (finished) => transport.delete(finished.map(({ receiptHandle }) => receiptHandle)),
      settled: ({ lease }, failure) => {
        this.#deleted(lease, failure);
      },
      callFailed: (error) => {
        observer({ type: 'call-failed', call: 'delete', error });
      },
      lingerMs,
      backoff: callBackoff,
    });
    this.#returns = new Outbox<VisibilityChange>({
      send: (changes) => transport.changeVisibility(changes),
      settled: () => undefined,
      callFailed: (error) => {
        observer({ type: 'call-failed', call: 'return', error });
      },
      lingerMs,
      backoff: callBackoff,
    });
    this.#receiver = new Receiver(
      resolved,
      () => this.#prefetch,
      () =>
        this.#deletes.failing
          ? 0
          : resolved.concurrency + this.#prefetch - this.#running.size - this.#schedule.size,
      (messages) => {
        for (const message of messages) {
          const lease = this.#leases.hold(message);
          if (this.#state === 'stopping') this.#giveBack(lease, 0);
          else this.#schedule.add(lease);
        }
        this.#pump();
      },
    );
  }

  /** Handlers running now. */
  get running(): number {
    return this.#running.size;
  }

  /** Messages received and waiting for a slot. */
  get buffered(): number {
    return this.#schedule.size;
  }

  get #prefetch(): number {
    const { concurrency, prefetch } = this.#options;
    return Math.min(prefetch, Math.floor((concurrency * PREFETCH_MS) / this.#meanTaskMs));
  }

  /** @throws Error when it was started before. */
  start(): void {
    if (this.#state !== 'new') throw new Error('a QueueConsumer can be started once');
    this.#state = 'started';
    this.#options.observer({ type: 'receiving' });
    this.#pump();
  }

  /**
   * Stops receiving at once, gives back what has not begun, lets running handlers end within the drain time, aborts the
   * rest and gives their messages back, deletes everything that is done, then resolves. It rejects with a RangeError when
   * the drain time is out of its range (nothing is stopped then), and for no other reason.
   *
   * Called again it is the same stop, but a shorter drain time counts.
   *
   * @param drainSeconds how long running handlers may go on, 0 to 43200. @default the option `drainSeconds`
   */
  async stop({
    drainSeconds = this.#options.drainSeconds,
  }: { readonly drainSeconds?: number } = {}): Promise<void> {
    const timer = setTimeout(
      () => {
        this.#drainOver.resolve(false);
      },
      checkedDrainSeconds(drainSeconds) * 1000,
    );
    this.#stopped ??= this.#stop();
    await this.#stopped;
    clearTimeout(timer);
  }

  async #stop(): Promise<void> {
    const { observer, graceSeconds } = this.#options;
    this.#state = 'stopping';
    observer({ type: 'stopping', running: this.running, buffered: this.buffered });
    const received = this.#receiver.stop();
    this.#stopping.abort(new ConsumerStoppedError());
    for (const lease of this.#schedule.takeAll()) this.#giveBack(lease, 0);

    if (!(await this.#runningEnd(this.#drainOver.promise))) {
      for (const lease of this.#running.keys()) lease.abort(new ConsumerStoppedError());
      await this.#abortedEnd();
    }
    // A call that heeds no abort is not waited for for ever; what it returns is given back then.
    await this.#inGrace(received);
    await Promise.all([this.#deletes.flush(graceSeconds * 1000), this.#returns.flush(graceSeconds * 1000)]);
    this.#leases.stop();
    observer({ type: 'stopped' });
  }

  /** Handlers that heed no abort are not waited for for ever. */
  async #abortedEnd(): Promise<void> {
    await this.#inGrace(Promise.all(this.#running.values()));
    for (const lease of this.#running.keys()) {
      this.#options.observer({ type: 'abandoned', message: lease.message });
      if (this.#leases.isHeld(lease)) this.#giveBack(lease, 0);
    }
  }

  /** Waits for it, but not longer than the grace time. */
  async #inGrace(end: Promise<unknown>): Promise<void> {
    const over = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      over.resolve(undefined);
    }, this.#options.graceSeconds * 1000);
    await Promise.race([end, over.promise]);
    clearTimeout(timer);
  }

  /** True when every running handler has ended before the time was over. */
  #runningEnd(timeOver: Promise<false>): Promise<boolean> {
    const ended = Promise.all(this.#running.values()).then(() => true as const);
    return Promise.race([ended, timeOver]);
  }

  /** Fills free slots from the buffer, then lets the receiver fill the buffer. */
  #pump(): void {
    if (this.#state !== 'started') return;
    while (this.#running.size < this.#options.concurrency) {
      const lease = this.#schedule.next();
      if (lease === undefined) break;
      this.#run(lease);
    }
    this.#receiver.pump();
  }

  #run(lease: Lease): void {
    // The handler begins a moment later, when it counts as running: it may stop the consumer, which waits for what runs.
    const task = Promise.resolve()
      .then(() => this.#work(lease))
      .then(() => {
        this.#running.delete(lease);
        this.#pump();
      });
    this.#running.set(lease, task);
    this.#options.observer({ type: 'started', message: lease.message });
  }

  async #work(lease: Lease): Promise<void> {
    const startedAt = performance.now();
    const result = await runTask(lease, this.#stopping.signal, this.#options);
    this.#learn(performance.now() - startedAt);
    const ending = await this.#settle(lease, result);
    const durationMs = performance.now() - startedAt;
    this.#options.observer({ type: 'finished', message: lease.message, durationMs, ...ending });
  }

  #learn(taskMs: number): void {
    const mean = this.#meanTaskMs;
    this.#meanTaskMs = mean === Infinity ? taskMs : mean + LAST * (taskMs - mean);
  }

  /** Tells the queue how the handler ended, and names it. */
  async #settle(lease: Lease, result: TaskResult): Promise<Ending> {
    if (!this.#leases.isHeld(lease)) return this.#giveUp(lease, result);
    if (result.ok) {
      this.#deletes.add({ receiptHandle: lease.receiptHandle, lease });
      return { outcome: 'done' };
    }
    const { error } = result;
    if (error instanceof NonRetryableError && (await this.#refuse(lease, error)))
      return { outcome: 'refused', error };
    // It may have been lost while it was sent to the dead-letter queue in vain.
    if (!this.#leases.isHeld(lease)) return this.#giveUp(lease, result);
    if ([error, lease.signal.reason].some((reason) => reason instanceof ConsumerStoppedError)) {
      this.#giveBack(lease, 0);
      return { outcome: 'returned', error };
    }
    const retryInSeconds = Math.ceil(
      backoffMs(lease.message.receiveCount, this.#options.retryBackoff) / 1000,
    );
    this.#giveBack(lease, retryInSeconds);
    return { outcome: 'retried', error, retryInSeconds };
  }

  /** The message is no longer ours: nothing is done to it. */
  #giveUp(lease: Lease, result: TaskResult): Ending {
    this.#schedule.done(lease);
    return { outcome: 'lost', ...(!result.ok && { error: result.error }) };
  }

  /** Moves the message to the dead-letter queue; false when that is not possible now. */
  async #refuse(lease: Lease, error: NonRetryableError): Promise<boolean> {
    const { sendToDeadLetterQueue } = this.#options.transport;
    if (sendToDeadLetterQueue === undefined) return false;
    try {
      await sendToDeadLetterQueue(lease.message, reasonOf(error));
    } catch (failure) {
      this.#options.observer({ type: 'call-failed', call: 'dead-letter', error: failure });
      return false;
    }
    this.#deletes.add({ receiptHandle: lease.receiptHandle, lease });
    return true;
  }

  #deleted(lease: Lease, failure: BatchFailure | undefined): void {
    const { message } = lease;
    this.#leases.release(lease);
    this.#schedule.done(lease);
    if (failure === undefined) this.#options.observer({ type: 'deleted', message });
    else {
      const reason = `${failure.code} ${failure.message}`;
      this.#options.observer({ type: 'delete-failed', message, reason });
    }
    this.#pump();
  }

  #lost(lease: Lease, reason: Error): void {
    this.#schedule.remove(lease);
    this.#options.observer({ type: 'lost', message: lease.message, reason: reason.message });
  }

  #giveBack(lease: Lease, seconds: number): void {
    this.#leases.release(lease);
    this.#returns.add({ receiptHandle: lease.receiptHandle, seconds });
    this.#schedule.done(lease);
  }
}
