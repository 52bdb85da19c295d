import { mkdir, mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';

/** Always left free on the disk, in bytes. */
const RESERVE = 256 * 1024 ** 2;
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
   * @throws ScratchSpaceError when that much is not free
   */
  readonly reserve: (bytes: number) => Promise<void>;
}

/** Local disk for tasks that need files: checked before the work, cleaned after it. */
export class Scratch {
  #promised = 0;

  /** @param root where the tasks' folders are made; need not exist */
  constructor(private readonly root: string) {}

  /** Deletes what workers left that were killed: the folders of processes that are gone. */
  async clean(): Promise<void> {
    await mkdir(this.root, { recursive: true });
    for (const name of await readdir(this.root)) {
      const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length).split('-')[0] : NaN);
      const folder = path.join(this.root, name);
      if (Number.isInteger(pid) && !(await isOfRunning(pid, folder)))
        await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * Makes a folder for a task.
   *
   * @param bytes what the task may need at most
   * @throws ScratchSpaceError when that much is not free, the needs of the running tasks left out
   */
  async folder(bytes: number): Promise<ScratchFolder> {
    await mkdir(this.root, { recursive: true });
    await this.#promise(bytes);
    let promised = bytes;
    const folder = await mkdtemp(path.join(this.root, `${PREFIX}${process.pid}-`));
    return {
      path: folder,
      reserve: async (more) => {
        await this.#promise(more);
        promised += more;
      },
      [Symbol.asyncDispose]: async () => {
        this.#promised -= promised;
        await rm(folder, { recursive: true, force: true });
      },
    };
  }

  async #promise(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.root);
    const free = bavail * bsize - RESERVE - this.#promised;
    if (bytes > free) {
      throw new ScratchSpaceError(
        `the task needs ${megabytes(bytes)} of scratch space, ${megabytes(Math.max(0, free))} are free`,
      );
    }
    this.#promised += bytes;
  }
}

/** False for what an earlier process left that had our process id, as every process of a container may have. */
async function isOfRunning(pid: number, folder: string): Promise<boolean> {
  if (pid !== process.pid) return isRunning(pid);
  return (await stat(folder)).mtimeMs >= performance.timeOrigin;
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
  return `${Math.ceil(bytes / 1e6)} MB`;
}
