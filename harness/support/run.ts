import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

import { type StopOptions, spawnOwned, stopChild } from './child';

/** One run of a program. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** How it is stopped, with all it started, when the signal is aborted. */
  readonly stop: Omit<StopOptions, 'group'>;
  readonly signal?: AbortSignal | undefined;
  /** Told each line of its standard output as it comes. @default nobody */
  readonly onLine?: (line: string) => void;
}

/** What a program printed and how it ended. */
export interface RunResult {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end. It has a process group of its own: Ctrl-C on a terminal reaches it once, through the
 * signal, and not a second time by the terminal.
 *
 * @throws the signal's reason when aborted, after the program and all it started are gone; the error of a program that
 *   cannot be started.
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { cwd, env, stop, signal, onLine } = options;
  signal?.throwIfAborted();
  const child = spawnOwned(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.stdout === null || child.stderr === null) {
    throw new Error(`${command} was started without pipes`);
  }
  const abort = (): void => {
    void stopChild(child, { ...stop, group: true });
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve(code ?? -1);
      });
    });
    const [stdout, stderr, exitCode] = await Promise.all([
      readLines(child.stdout, onLine),
      text(child.stderr),
      ended,
    ]);
    signal?.throwIfAborted();
    return { exitCode, stdout, stderr };
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function readLines(stream: NodeJS.ReadableStream, onLine: RunOptions['onLine']): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    lines.push(line);
    onLine?.(line);
  }
  return lines.join('\n');
}
