import type { Lease } from './leases';

/**
 * The messages that wait for a slot, oldest first. Of a FIFO group only one message is out at a time: the next one
 * follows when `done` is called for it.
 */
export class Schedule {
  #waiting: Lease[] = [];
  readonly #activeGroups = new Set<string>();

  get size(): number {
    return this.#waiting.length;
  }

  add(lease: Lease): void {
    this.#waiting.push(lease);
  }

  /** Takes the first message whose group is free, or undefined. */
  next(): Lease | undefined {
    const index = this.#waiting.findIndex(
      ({ message: { groupId } }) => groupId === undefined || !this.#activeGroups.has(groupId),
    );
    if (index === -1) return undefined;
    const [lease] = this.#waiting.splice(index, 1);
    const groupId = lease?.message.groupId;
    if (groupId !== undefined) this.#activeGroups.add(groupId);
    return lease;
  }

  /** The message is settled: its group may go on. */
  done({ message: { groupId } }: Lease): void {
    if (groupId !== undefined) this.#activeGroups.delete(groupId);
  }

  /** Takes out one message that waits. */
  remove(lease: Lease): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== lease);
  }

  /** Takes out the messages that wait behind this one in its group. */
  takeGroupOf({ message: { groupId } }: Lease): Lease[] {
    if (groupId === undefined) return [];
    const taken = this.#waiting.filter((lease) => lease.message.groupId === groupId);
    this.#waiting = this.#waiting.filter((lease) => lease.message.groupId !== groupId);
    return taken;
  }

  takeAll(): Lease[] {
    return this.#waiting.splice(0);
  }
}
