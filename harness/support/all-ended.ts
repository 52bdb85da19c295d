import { allOf } from './closing';

/** Waits until all have ended, also when some fail. @throws the only failure, or one that tells each of several. */
export async function allEnded(steps: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(steps);
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (failures.length > 0) {
    throw allOf(failures);
  }
}
