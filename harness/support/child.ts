import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The full path of a program on PATH, or `undefined`. */
export function findOnPath(name: string, path: string = process.env.PATH ?? ''): string | undefined {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** util-linux's setpriv lets the kernel kill a child when its parent dies, even by SIGKILL. Not on macOS. */
const setpriv = process.platform === 'linux' ? findOnPath('setpriv') : undefined;

/**
 * Starts a child that does not outlive this process, however this process ends: on Linux the kernel kills it
 * (`PR_SET_PDEATHSIG`). Elsewhere it is up to the caller to stop it.
 */
export function spawnOwned(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return setpriv === undefined
    ? spawn(command, args, options)
    : spawn(setpriv, ['--pdeathsig', 'KILL', '--', command, ...args], options);
}

/** How to stop a child. */
export interface StopOptions {
  /** How long it may take after the first signal before SIGKILL follows, in milliseconds. */
  readonly graceMs: number;
  /** The first signal. @default SIGTERM */
  readonly signal?: NodeJS.Signals;
  /** Whether the signals go to the child's whole process group, of which it is the leader (`detached`). @default false */
  readonly group?: boolean;
}

function send(child: ChildProcess, signal: NodeJS.Signals, group: boolean): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

/** Stops a child and resolves when it is gone. Idempotent. */
export async function stopChild(child: ChildProcess, options: StopOptions): Promise<void> {
  const { graceMs, signal = 'SIGTERM', group = false } = options;
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  send(child, signal, group);
  const impatience = setTimeout(() => {
    send(child, 'SIGKILL', group);
  }, graceMs);
  await gone;
  clearTimeout(impatience);
}
