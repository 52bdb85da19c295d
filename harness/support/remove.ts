import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      await makeWritable(join(folder, entry.name));
    }
  }
}

/** Removes a folder with all that is in it, also folders that their owner made read-only, as caches of modules are. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    if (!isDenied(error)) {
      throw error;
    }
    await makeWritable(folder);
    await rm(folder, { recursive: true, force: true });
  }
}
