import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** When a process began, in the kernel's ticks: tells it from a later one of the same pid. Source: proc_pid_stat(5). */
function beginningOf(pid: number | string): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Where a pid means something: this machine, and on Linux this pid namespace. */
function pidSpace(): string {
  try {
    return `${hostname()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Names this process, for things that outlive a process which is killed. */
export function ownerName(): string {
  return [pidSpace(), process.pid, beginningOf(process.pid)].join(' ');
}

/**
 * Whether the process of that name is gone. Of one on another machine, or in another pid namespace, nobody here can tell:
 * it counts as alive.
 */
export function hasDied(owner: string): boolean {
  const [space, pid, beginning] = owner.split(' ');
  if (space !== pidSpace() || !/^\d+$/.test(pid ?? '')) {
    return false;
  }
  return !isRunning(Number(pid)) || beginningOf(Number(pid)) !== beginning;
}
