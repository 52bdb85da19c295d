import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What the kernel counts times in for programs: USER_HZ, 100 wherever Node runs. Source: proc_pid_stat(5), getconf CLK_TCK */
const ticksPerSecond = 100;

/** Times of a process itself and of its children that ended, in the fields behind its name. Source: proc_pid_stat(5) */
const timeFields = { from: 11, to: 15 };

/**
 * Processor time, in seconds, of all processes that a /proc shows, and of those that they have seen end.
 *
 * @param proc folder of it: where it is of a pid namespace, it shows the processes of that alone.
 */
export async function cpuSecondsIn(proc: string): Promise<number> {
  const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const ticks = await Promise.all(pids.map((pid) => ticksOf(join(proc, pid, 'stat'))));
  return ticks.reduce((sum, some) => sum + some, 0) / ticksPerSecond;
}

async function ticksOf(stat: string): Promise<number> {
  // One that ended meanwhile is counted by its parent.
  const line = await readFile(stat, 'utf8').catch(() => '');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields.slice(timeFields.from, timeFields.to).reduce((sum, ticks) => sum + Number(ticks), 0);
}
