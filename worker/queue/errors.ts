/** The task failed in a way that no retry can help: its message goes to the dead-letter queue with this reason. */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
}

/** The handler's signal was aborted because it ran longer than its timeout. */
export class TaskTimeoutError extends Error {
  override readonly name = 'TaskTimeoutError';
  constructor(seconds: number) {
    super(`the task ran longer than its timeout of ${seconds} s`);
  }
}

/** The handler's signal was aborted because the message is no longer ours: someone else may already work on it. */
export class MessageLostError extends Error {
  override readonly name = 'MessageLostError';
  constructor(reason: string) {
    super(`the message is no longer ours: ${reason}`);
  }
}

/** The consumer stops, and the task has not begun yet, or the drain time is over: the message is visible again at once. */
export class ConsumerStoppedError extends Error {
  override readonly name = 'ConsumerStoppedError';
  constructor() {
    super('the consumer was stopped before the task was done');
  }
}

/** The task needs longer than SQS keeps a message invisible, at most 12 hours from its receipt. */
export class VisibilityExhaustedError extends NonRetryableError {
  override readonly name = 'VisibilityExhaustedError';
  constructor(seconds: number) {
    super(`the task needs longer than the ${seconds} s that a message can stay invisible`);
  }
}

/** What went wrong, in a line, whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
