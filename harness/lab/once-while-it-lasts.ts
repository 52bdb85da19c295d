import { messageOf } from '../support/message-of';

/** What was not seen for as long is told again, in milliseconds. */
const forgottenMs = 60_000;

/** Tells of what goes wrong where somebody looks again and again: what stays wrong, once. */
export function onceWhileItLasts(tell: (message: string) => void): (error: unknown) => void {
  const seen = new Map<string, number>();
  return (error) => {
    const message = messageOf(error);
    const now = performance.now();
    const isNew = now - (seen.get(message) ?? -Infinity) > forgottenMs;
    seen.set(message, now);
    if (isNew) {
      tell(message);
    }
  };
}
