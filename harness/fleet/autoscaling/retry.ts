import type { Clock } from '../clock';

/** How long a group waits after EC2 refused it something, in seconds: doubled by each further failure, up to the longest. */
const firstRetrySeconds = 5;
/** The longest of these waits. */
export const longestRetrySeconds = 300;

/** What failed one time after the other, and when it is tried again. */
export interface Failures {
  readonly count: number;
  readonly retryAt: Date;
}

/** The failures with one more. */
export function failedAgain(before: Failures | undefined, clock: Clock): Failures {
  const count = (before?.count ?? 0) + 1;
  const seconds = Math.min(firstRetrySeconds * 2 ** (count - 1), longestRetrySeconds);
  return { count, retryAt: clock.later(seconds) };
}

/** Whether the next try has to wait. */
export function mustWait(failures: Failures | undefined, clock: Clock): boolean {
  return failures !== undefined && failures.retryAt > clock.now();
}
