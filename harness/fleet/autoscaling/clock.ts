/** The time that a service goes by; a test moves it by hand. */
export interface Clock {
  now(): Date;
  /** The moment when a duration that begins now is over. */
  later(seconds: number): Date;
}

/** The time of this machine. */
export const wallClock: Clock = {
  now: () => new Date(),
  later: (seconds) => new Date(Date.now() + seconds * 1_000),
};
