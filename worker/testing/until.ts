import { setTimeout as delay } from 'node:timers/promises';

/**
 * Resolves as soon as the condition holds, looking again every 2 ms.
 *
 * @throws Error naming the condition when it does not hold within the time, in seconds. @default 50
 */
export async function until(what: string, holds: () => boolean, seconds = 50): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await delay(2);
  }
}
