import type { Lease } from './leases';

/**
 * The messages that wait for a slot, oldest first. Of a FIFO group only one message is out at a time, and of a message
 * only one delivery (SQS may deliver twice; one that was lost comes again while its handler may not have ended): the next
 * one follows when `done` is called for it.
 */
export class Schedule {
  #waiting: Lease[] = [];
  readonly #active = new Set<string>();

  get size(): number {
    return this.#waiting.length;
  }

  add(lease: Lease): void {
    this.#waiting.push(lease);
  }

  /** Takes the first message that may run beside those that do, or undefined. */
  next(): Lease | undefined {
    const index = this.#waiting.findIndex((lease) => !this.#active.has(orderOf(lease)));
    const [lease] = index === -1 ? [] : this.#waiting.splice(index, 1);
    if (lease !== undefined) this.#active.add(orderOf(lease));
    return lease;
  }

  /** The message is settled: its group, or its next delivery, may go on. */
  done(lease: Lease): void {
    this.#active.delete(orderOf(lease));
  }

  /** Takes out one message that waits. */
  remove(lease: Lease): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== lease);
  }

  takeAll(): Lease[] {
    return this.#waiting.splice(0);
  }
}

/** What runs one after the other. */
function orderOf({ message: { groupId, id } }: Lease): string {
  return groupId ?? id;
}
