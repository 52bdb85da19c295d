import { readFileSync } from 'node:fs';

/**
 * The most memory that a process had, in megabytes. Linux's peak of the program alone: `maxRSS` begins with the memory of the
 * parent that forked it.
 *
 * @param pid the process. @default this one
 */
export function peakMegabytes(pid: number | 'self' = 'self'): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status has no VmHWM: measure on Linux`);
  return (Number(kibibytes) * 1024) / 1e6;
}
