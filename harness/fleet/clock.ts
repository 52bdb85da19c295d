/** The time that the services of the fleet go by; a test moves it by hand. */
export interface Clock {
  /** By how much durations are compressed. 1 is real time. */
  readonly factor: number;
  now(): Date;
  /**
   * The moment when a duration that begins now is over.
   *
   * @param atLeast what the duration is never compressed below, in real seconds: for waits that a program ends which
   * knows nothing of compressed time. @default 0
   */
  later(seconds: number, atLeast?: number): Date;
  /** How long a duration lasts here, in milliseconds. */
  lasts(seconds: number): number;
}

/** Compressed further, a period would be shorter than the work in it. */
const mostCompressed = 60;

/** The time of this machine, with durations compressed by a factor: docs/decisions/time.md says which, and which not. */
export class WallClock implements Clock {
  /**
   * @param factor from 1 to 60. @default 1
   * @throws RangeError for a factor that would stretch time, or leave none for the work.
   */
  constructor(readonly factor = 1) {
    if (!(factor >= 1 && factor <= mostCompressed)) {
      throw new RangeError(
        `A time factor is a number from 1 (real time) to ${mostCompressed} (a minute lasts a second), not ${factor}.`,
      );
    }
  }

  now(): Date {
    return new Date();
  }

  later(seconds: number, atLeast = 0): Date {
    return new Date(this.now().getTime() + Math.max(this.lasts(seconds), Math.min(seconds, atLeast) * 1_000));
  }

  lasts(seconds: number): number {
    return (seconds * 1_000) / this.factor;
  }
}

/** How AWS's durations go by, in a line for people; `undefined` in real time. */
export function tellFactor(factor: number): string | undefined {
  return factor === 1
    ? undefined
    : `×${factor}: periods, cooldowns and the like are compressed, a minute lasts ${Math.round(600 / factor) / 10} s`;
}

/** A duration as it is shown to people: `60 s`, or `60 s (3 s here, time ×20)`. */
export function tell(seconds: number, { factor }: Pick<Clock, 'factor'>): string {
  const here = Math.round((seconds / factor) * 10) / 10;
  return factor === 1 ? `${seconds} s` : `${seconds} s (${here} s here, time ×${factor})`;
}
