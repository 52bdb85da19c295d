import { setTimeout as delay } from 'node:timers/promises';

/** Something that should have become visible did not, in the time it had. */
export class NotSeenError extends Error {
  override readonly name = 'NotSeenError';
}

/** How to wait for a condition. */
export interface WaitOptions {
  /** How long to look, in seconds. @default 180 */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  /** What was there instead, told when the time is up. */
  readonly instead?: () => Promise<string> | string;
}

const pollMs = 150;

/**
 * Looks again and again until `look` gives something other than `undefined` or `false`.
 *
 * @param what what should be seen, as the end of the sentence «did not see …».
 * @throws NotSeenError when the time is up; whatever `look` throws; the signal's reason when aborted.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { seconds = 180, signal, instead }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    signal?.throwIfAborted();
    const seen = await look();
    if (seen !== undefined && seen !== false) {
      return seen;
    }
    if (performance.now() > deadline) {
      const there = instead === undefined ? '' : `; instead: ${await instead()}`;
      throw new NotSeenError(`did not see ${what} within ${seconds} s${there}`);
    }
    await delay(pollMs, undefined, signal === undefined ? {} : { signal });
  }
}
