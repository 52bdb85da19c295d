import { availableParallelism, loadavg } from 'node:os';

/** The load of the last minute: what else the machine did. */
export function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '?';
}

/** What numbers are told with. */
export function machine(): string {
  return `${availableParallelism()} cores, load ${load()}`;
}
