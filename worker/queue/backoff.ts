export interface BackoffOptions {
  /** Delay after the first failure, in milliseconds. */
  readonly baseMs: number;
  /** Upper bound of the delay, in milliseconds. */
  readonly maxMs: number;
}

/**
 * How long to wait after so many failures in a row (1 and more): doubled each time up to the bound, then a random part
 * between a half and all of it, so that workers that failed together do not come back together.
 */
export function backoffMs(failures: number, { baseMs, maxMs }: BackoffOptions): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (Math.random() * full) / 2;
}
