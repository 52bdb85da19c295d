import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cpuSecondsIn } from './cpu-time';

let proc: string;
beforeEach(async () => {
  proc = await mkdtemp(join(tmpdir(), 'proc-'));
});
afterEach(() => rm(proc, { recursive: true }));

async function shows(pid: string, stat: string): Promise<void> {
  await mkdir(join(proc, pid));
  await writeFile(join(proc, pid, 'stat'), stat);
}

const times = (utime: number, stime: number, cutime: number, cstime: number): string =>
  `S 1 1 1 0 -1 4194560 999 888 0 0 ${utime} ${stime} ${cutime} ${cstime} 20 0 1 0 100 200\n`;

it('adds the times of all processes and of their children that ended', async () => {
  await shows('1', `1 (init) ${times(100, 20, 3, 4)}`);
  await shows('27', `27 (node) ${times(10, 0, 0, 0)}`);
  expect(await cpuSecondsIn(proc)).toBeCloseTo(1.37);
});

it('takes no name for times, and no other folder for a process', async () => {
  await shows('7', `7 (a) b (c 9 9) ${times(1, 1, 1, 1)}`);
  await shows('sys', 'no process');
  expect(await cpuSecondsIn(proc)).toBeCloseTo(0.04);
});

it('counts a process that has ended meanwhile no more', async () => {
  await mkdir(join(proc, '9'));
  expect(await cpuSecondsIn(proc)).toBe(0);
});
