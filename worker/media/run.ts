import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What a program printed last to stderr is kept for its error, in characters. */
const STDERR_TAIL = 2000;

/** What shells and setpriv end with when a program cannot be executed or is not there, and the loader without a library. */
const NOT_RUN = [126, 127];

/** A program ended with another code than 0, or by a signal. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  constructor(
    tool: string,
    readonly exitCode: number | null,
    readonly signal: NodeJS.Signals | null,
    /** The end of what it printed. */
    readonly output: string,
  ) {
    super(
      `${tool} ${signal === null ? `failed with code ${String(exitCode)}` : `was ended by ${signal}`}: ${lastLines(output)}`,
    );
  }

  /** True when it was ended because a file became larger than it may. */
  get isOversized(): boolean {
    return this.signal === 'SIGXFSZ';
  }

  /** True when the reason lies with this machine and not with the file: no space, out of memory, a broken program. */
  get isPassing(): boolean {
    return (
      NOT_RUN.includes(this.exitCode ?? 0) ||
      (this.signal !== null && !this.isOversized) ||
      /No space left on device|Cannot allocate memory/u.test(this.output)
    );
  }
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Takes each line of its standard output. @default - nobody does */
  readonly onLine?: (line: string) => void;
  /** The kernel ends it when it writes a larger file than that (Linux). @default - no limit */
  readonly maxFileBytes?: number;
}

/**
 * Runs a program to its end; it is killed when the signal aborts, and with this process where the kernel can do that.
 *
 * @throws ToolError when it fails; the signal's reason when it was aborted
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  { signal, onLine = () => undefined, maxFileBytes }: RunOptions,
): Promise<void> {
  signal.throwIfAborted();
  const [command, ...rest] = bounded([tool, ...args], maxFileBytes);
  // One heap keeps the worker small; the threads of a tool would wait for each other there.
  const env = { ...process.env, MALLOC_ARENA_MAX: undefined };
  const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', kill);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-STDERR_TAIL);
  });
  createInterface({ input: child.stdout }).on('line', onLine);
  try {
    await once(child, 'close');
  } finally {
    signal.removeEventListener('abort', kill);
  }
  signal.throwIfAborted();
  if (child.exitCode !== 0) throw new ToolError(tool, child.exitCode, child.signalCode, stderr);
}

/**
 * On Linux the kernel kills it when this process is gone, however that ended, when a file of it grows too large, and before
 * anything else when memory runs out (setpriv, choom and prlimit are parts of util-linux).
 */
function bounded(
  command: readonly [string, ...string[]],
  maxFileBytes: number | undefined,
): readonly [string, ...string[]] {
  if (process.platform !== 'linux') return command;
  const limit = maxFileBytes === undefined ? [] : ['prlimit', `--fsize=${Math.ceil(maxFileBytes)}`];
  return ['setpriv', '--pdeathsig', 'KILL', 'choom', '--adjust', '1000', '--', ...limit, ...command];
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-3).join(' | ');
}
