import type { Call } from './call';

/** Chooses calls. */
export type CallMatcher = (call: Call) => boolean;

/** A hold on calls: those that match wait at the edge, not yet forwarded. */
export interface Hold {
  /** Resolves with the first call that is held. */
  readonly caught: Promise<Call>;
  /** Lets the held calls go on, and no longer holds any. Idempotent. */
  release(): void;
}

/** How a call is made to fail. */
export interface Failure {
  /** HTTP status of the answer. */
  readonly status: number;
  /** AWS's error code, e.g. `ServiceUnavailable`. */
  readonly code: string;
  /** How many matching calls fail. @default Infinity */
  readonly times?: number;
}

interface ActiveHold {
  readonly matches: CallMatcher;
  readonly released: Promise<void>;
  readonly catches: (call: Call) => void;
}

interface ActiveFailure {
  readonly matches: CallMatcher;
  readonly failure: Failure;
  left: number;
}

/** What can be broken between a client and an AWS service. */
export class Faults {
  private holds: ActiveHold[] = [];
  private failures: ActiveFailure[] = [];

  /** Holds matching calls until released; a client that goes away meanwhile is never served. */
  hold(matches: CallMatcher): Hold {
    const caught = Promise.withResolvers<Call>();
    const released = Promise.withResolvers<undefined>();
    const hold: ActiveHold = { matches, released: released.promise, catches: caught.resolve };
    this.holds.push(hold);
    return {
      caught: caught.promise,
      release: () => {
        this.holds = this.holds.filter((other) => other !== hold);
        released.resolve(undefined);
      },
    };
  }

  /** Answers matching calls with an error of AWS's form, without forwarding them; returns what ends it. */
  fail(matches: CallMatcher, failure: Failure): { end: () => void } {
    const active: ActiveFailure = { matches, failure, left: failure.times ?? Infinity };
    this.failures.push(active);
    return {
      end: () => {
        this.failures = this.failures.filter((other) => other !== active);
      },
    };
  }

  /** Waits as long as a call is held. */
  async pass(call: Call): Promise<void> {
    const hold = this.holds.find(({ matches }) => matches(call));
    if (hold !== undefined) {
      hold.catches(call);
      await hold.released;
    }
  }

  /** The failure that a call is to meet now, if any; each one asked for is used up by it. */
  take(call: Call): Failure | undefined {
    const active = this.failures.find(({ matches, left }) => left > 0 && matches(call));
    if (active !== undefined) {
      active.left -= 1;
    }
    return active?.failure;
  }
}
