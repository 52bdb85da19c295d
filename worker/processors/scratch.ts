import { lstat, mkdir, mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import { uptime } from 'node:os';
import path from 'node:path';
import { NonRetryableError } from '../queue/errors';

/** Always left free on the disk, in bytes. */
const RESERVE = 256 * 1024 ** 2;
/**
 * What else lies on the disk (the system, programs, logs) counts up to this as if it stayed, in bytes. A disk that is full
 * of something else is no reason to refuse a task for good: another worker's may not be.
 */
const OTHERS = 4 * 1024 ** 3;
const PREFIX = 'task-';

/** There is not enough room for a task now; another worker may have it. */
export class ScratchSpaceError extends Error {
  override readonly name = 'ScratchSpaceError';
}

/** A folder of a task's own; deleted when it is disposed of. */
export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
  /**
   * Promises the task more room than it asked for at first.
   *
   * @throws ScratchSpaceError when that much is not free now
   * @throws NonRetryableError when the disk is too small for it
   */
  readonly reserve: (bytes: number) => Promise<void>;
}

interface ScratchTask {
  readonly folder: string;
  /** Bytes that it may have in its folder. */
  promised: number;
}

/** Local disk for tasks that need files: checked before the work, cleaned after it. */
export class Scratch {
  readonly #tasks = new Set<ScratchTask>();

  /** @param root where the tasks' folders are made; need not exist */
  constructor(private readonly root: string) {}

  /** Deletes what workers left that were killed: the folders of processes that are gone. */
  async clean(): Promise<void> {
    await mkdir(this.root, { recursive: true });
    for (const name of await readdir(this.root)) {
      const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length).split('-')[0] : NaN);
      const folder = path.join(this.root, name);
      // Another worker may delete its own meanwhile.
      if (Number.isInteger(pid) && !(await isOfRunning(pid, folder).catch(() => true)))
        await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * Makes a folder for a task.
   *
   * @param bytes what the task may need at most
   * @throws ScratchSpaceError when that much is not free now, the needs of the running tasks left out
   * @throws NonRetryableError when the disk is too small for it
   */
  async folder(bytes: number): Promise<ScratchFolder> {
    await mkdir(this.root, { recursive: true });
    const folder = await mkdtemp(path.join(this.root, `${PREFIX}${process.pid}-`));
    const task = { folder, promised: 0 };
    const dispose = async (): Promise<void> => {
      this.#tasks.delete(task);
      await rm(folder, { recursive: true, force: true });
    };
    this.#tasks.add(task);
    try {
      await this.#promise(task, bytes);
    } catch (error) {
      await dispose();
      throw error;
    }
    return {
      path: folder,
      reserve: (more) => this.#promise(task, more),
      [Symbol.asyncDispose]: dispose,
    };
  }

  async #promise(task: ScratchTask, bytes: number): Promise<void> {
    const folders = (await readdir(this.root)).filter((name) => name.startsWith(PREFIX));
    const taken = new Map(
      await Promise.all(
        folders.map(async (name) => [name, await bytesIn(path.join(this.root, name))] as const),
      ),
    );
    const { blocks, bavail, bsize } = await statfs(this.root);
    const ours = sum(taken.values());
    // Nothing may be awaited from here on: another task would be promised the same bytes.
    const total = blocks * bsize;
    const available = bavail * bsize;
    const most = total - RESERVE - Math.min(OTHERS, total - available - ours);
    const need = task.promised + bytes;
    if (need > most) {
      throw new NonRetryableError(
        `it needs ${megabytes(need)} of scratch space, and the disk has ${megabytes(most)} for tasks: ` +
          'give the instances a larger one (volumeSize)',
      );
    }
    // What a task has written is missing from what is available already.
    const open = [...this.#tasks].map(({ folder, promised }) =>
      Math.max(0, promised - (taken.get(path.basename(folder)) ?? 0)),
    );
    const free = available - RESERVE - sum(open);
    if (bytes > free) {
      throw new ScratchSpaceError(
        `the task needs ${megabytes(bytes)} of scratch space, ${megabytes(free)} are free`,
      );
    }
    task.promised += bytes;
  }
}

/** What the files in a folder take of the disk; what is gone meanwhile, or another user's, counts as nothing. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder).catch(() => []);
  const sizes = entries.map(async (entry) => {
    const file = await lstat(path.join(folder, entry)).catch(() => undefined);
    // In units of 512 bytes, whatever the file system's blocks are.
    return (file?.blocks ?? 0) * 512;
  });
  return sum(await Promise.all(sizes));
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

/**
 * False for what an earlier process left whose process id is another's now: that of any program after the machine was
 * started again, ours after each start of a container.
 */
async function isOfRunning(pid: number, folder: string): Promise<boolean> {
  const { mtimeMs } = await stat(folder);
  const since = pid === process.pid ? performance.timeOrigin : Date.now() - uptime() * 1000;
  return mtimeMs >= since && isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function megabytes(bytes: number): string {
  return `${Math.max(0, Math.ceil(bytes / 1e6))} MB`;
}
