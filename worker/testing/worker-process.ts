import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleProgram } from '../../bundle/program';

/** The worker as it is shipped: one bundled file. */
export interface WorkerBundle extends AsyncDisposable {
  readonly file: string;
}

export async function bundleWorker(): Promise<WorkerBundle> {
  const folder = await mkdtemp(path.join(tmpdir(), 'upload-worker-'));
  const file = path.join(folder, 'worker.js');
  await writeFile(file, await bundleProgram('worker/main.ts'));
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** A worker, or another program of its kind, that runs as a process of its own; killed when disposed of. */
export class WorkerProcess implements AsyncDisposable {
  #stdout = '';
  #stderr = '';
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.exited = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode }));
  }

  static start({ file }: WorkerBundle, environment: Readonly<Record<string, string>>): WorkerProcess {
    const SCRATCH_FOLDER = path.join(path.dirname(file), 'scratch');
    return WorkerProcess.run([file], { SCRATCH_FOLDER, ...environment });
  }

  /** @param args of Node */
  static run(args: readonly string[], environment: Readonly<Record<string, string>>): WorkerProcess {
    const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const child = spawn(process.execPath, args, {
      env: { ...keys, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new WorkerProcess(child);
  }

  /** The lines of the story. */
  get story(): string[] {
    return this.#stdout.split('\n').slice(0, -1);
  }

  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }
}
