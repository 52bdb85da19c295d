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
   * @throws the only failure, or an AggregateError of several, after every step was run.
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
    if (failures.length > 1) {
      throw new AggregateError(failures, 'Several things could not be stopped.');
    }
    if (failures.length === 1) {
      throw failures[0];
    }
  }
}
