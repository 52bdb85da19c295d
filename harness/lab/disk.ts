import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A lab was measured at 50 MB with its artifacts, its state and four bodies; what it uploads comes on top. */
const leastFree = 256 * 2 ** 20;

/** Less than this is full: LocalStack and Terraform write more than that between two looks. */
const fullBelow = 16 * 2 ** 20;

const lookMs = 2_000;

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MB`;
}

/** What is free where a folder is, or would be. */
async function freeFor(folder: string): Promise<number> {
  try {
    return await freeBytes(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
    return freeFor(dirname(folder));
  }
}

/**
 * Looks whether a lab has room in its folder, before anything is made of it: on a full disk S3 and Terraform would try again for minutes.
 *
 * @throws Error that says how much is free.
 */
export async function refuseFullDisk(folder: string, least = leastFree): Promise<void> {
  const free = await freeFor(folder);
  if (free < least) {
    throw new Error(
      `The disk of ${folder} has ${megabytes(free)} free; a lab needs ${megabytes(least)}. Free some, or use a folder on another disk.`,
    );
  }
}

/**
 * Watches the disk of a lab.
 *
 * @param onFull told once, when the disk has become full.
 * @returns what ends the watch. Idempotent.
 */
export function watchDisk(folder: string, onFull: (error: Error) => void, below = fullBelow): () => void {
  let watching = true;
  const end = (): void => {
    watching = false;
    clearInterval(timer);
  };
  const timer = setInterval(() => {
    // A folder that is gone has no disk that could be full.
    freeBytes(folder).then(
      (free) => {
        if (free < below && watching) {
          end();
          onFull(
            new Error(
              `The disk of ${folder} is full: ${megabytes(free)} are free. Free some, or use a folder on another disk.`,
            ),
          );
        }
      },
      () => undefined,
    );
  }, lookMs);
  return end;
}
