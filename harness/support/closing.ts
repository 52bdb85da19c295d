import { messageOf } from './message-of';

/** Several failures as one, whose message tells each of them once; a single one stays as it is. */
export function allOf(failures: readonly unknown[]): unknown {
  const all = failures.flatMap((failure): unknown[] =>
    failure instanceof AggregateError ? failure.errors : [failure],
  );
  const messages = new Set(all.map(messageOf));
  return messages.size === 1 ? all[0] : new AggregateError(all, [...messages].join('\n'));
}

/**
 * Closes what cannot be used after a failure.
 *
 * @throws the failure; an AggregateError that tells it first, where closing fails as well.
 */
export async function closeAfter(failure: unknown, close: () => Promise<void>): Promise<never> {
  const failures = [failure];
  try {
    await close();
  } catch (another) {
    failures.push(another);
  }
  throw allOf(failures);
}

/** Things that were started and must be stopped, in reverse order, each exactly once. */
export class Closing {
  private readonly steps: (() => Promise<void> | void)[] = [];
  private closed: Promise<void> | undefined;

  /** Remembers how to stop something that has just been started. */
  add(step: () => Promise<void> | void): void {
    this.steps.push(step);
  }

  /**
   * Stops everything, the last started first. A step that fails does not keep the others from being run. Idempotent.
   *
   * @throws the only failure, or an AggregateError that tells each of several once, after every step was run.
   */
  async close(): Promise<void> {
    this.closed ??= this.runAll();
    return this.closed;
  }

  private async runAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.steps.reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw allOf(failures);
    }
  }
}
