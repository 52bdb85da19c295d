import { readFileSync } from 'node:fs';

/**
 * The most memory that a process had, by the text of its `/proc/PID/status`, in KiB. Linux's peak of the program alone:
 * `maxRSS` begins with the memory of the parent that forked it.
 */
export function peakKibibytes(status: string): number | undefined {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes);
}

/**
 * The most memory that a process had, in megabytes.
 *
 * @param pid the process. @default this one
 */
export function peakMegabytes(pid: number | 'self' = 'self'): number {
  const kibibytes = peakKibibytes(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status has no VmHWM: measure on Linux`);
  return (kibibytes * 1024) / 1e6;
}
