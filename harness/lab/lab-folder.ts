import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { hasDied, ownerName } from '../support/owner';

/** Names the process that keeps the lab. */
const ownerFile = 'owner';

async function ownerOf(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, ownerFile), 'utf8');
  } catch {
    return undefined;
  }
}

/** Makes the folder of a lab, after removing those beside it whose lab was killed. */
export async function makeLabFolder(folder: string): Promise<void> {
  const labs = dirname(folder);
  await mkdir(folder, { recursive: true });
  for (const { name } of await readdir(labs, { withFileTypes: true })) {
    const owner = await ownerOf(join(labs, name));
    if (owner !== undefined && hasDied(owner)) {
      await rm(join(labs, name), { recursive: true, force: true });
    }
  }
  await writeFile(join(folder, ownerFile), ownerName());
}
