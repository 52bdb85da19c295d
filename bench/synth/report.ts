import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { machine } from '../machine';
import { median } from '../median';
import { peakKibibytes } from '../peak';
import { say, table } from '../table';

const runs = 9;
const examples = ['minimal', 'worker-only', 'complete'];

/** How often the processes are looked at, in milliseconds; what Linux tells is their peak so far. */
const lookMs = 10;

interface Synthesis {
  readonly seconds: number;
  /** Peaks of all its processes together, in MB. */
  readonly megabytes: number;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A process and all that it started. Linux only. */
function family(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim();
  return [pid, ...(children === '' ? [] : children.split(' ').map(Number).flatMap(family))];
}

async function highest(child: ChildProcess): Promise<number> {
  const peaks = new Map<number, number>();
  while (child.exitCode === null && child.signalCode === null) {
    for (const pid of family(child.pid ?? 0)) {
      peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakKibibytes(read(`/proc/${pid}/status`)) ?? 0));
    }
    await delay(lookMs);
  }
  return [...peaks.values()].reduce((sum, peak) => sum + peak, 0) / 1_024;
}

/** Runs the command of an example's `cdktf.json`, as `cdktf synth` does. */
async function synthesize(example: string, folder: string): Promise<Synthesis> {
  const begun = performance.now();
  const child = spawn(resolve('node_modules/.bin/tsx'), ['main.ts'], {
    cwd: join('examples', example),
    env: { ...process.env, CDKTF_OUTDIR: join(folder, example), CHECKPOINT_DISABLE: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = once(child, 'exit') as Promise<[exitCode: number | null]>;
  const [[exitCode], megabytes] = await Promise.all([exit, highest(child)]);
  if (exitCode !== 0) {
    throw new Error(`The example ${example} could not be synthesized (exit code ${String(exitCode)}).`);
  }
  return { seconds: (performance.now() - begun) / 1_000, megabytes };
}

/** Measures the synthesis of the examples, from the start of its process to its end, and prints a table. */
async function report(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'synth-'));
  try {
    console.log(`median of ${runs}, ${machine()}\n`);
    const rows: string[][] = [];
    for (const example of examples) {
      say(`${example}, ${runs} times`);
      const measured: Synthesis[] = [];
      for (let run = 0; run < runs; run += 1) {
        measured.push(await synthesize(example, folder));
      }
      const seconds = median(measured.map((one) => one.seconds));
      const megabytes = median(measured.map((one) => one.megabytes));
      rows.push([example, seconds.toFixed(2), megabytes.toFixed(0)]);
    }
    console.log(table(['example', 'seconds', 'peak MB'], rows));
  } finally {
    await rm(folder, { recursive: true });
  }
}

void report();
