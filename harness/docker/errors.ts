import { messageOf } from '../support/message-of';

/** Docker could not do what a lab needs; the message says what happened and what to do about it. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
}

/** What the daemon answered, or why it did not. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return /ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|socket hang up/.test(message)
    ? `the Docker daemon does not answer any more: ${message}`
    : message;
}

/** Whether the daemon says that there is no such thing, or that it is being removed already. */
export function isGone(error: unknown): boolean {
  const { statusCode } = error as { statusCode?: number };
  return statusCode === 404 || statusCode === 409;
}
