import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { hasDied, ownerName } from '../support/owner';
import { removeFolder } from '../support/remove';

/** Names the process that keeps the lab. */
const ownerFile = 'owner';

async function ownerOf(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, ownerFile), 'utf8');
  } catch {
    return undefined;
  }
}

/** What may be in a lab's folder before the lab is. */
const early = new Set(['keeper.log', 'config.json']);

/**
 * Makes the folder of a lab, after removing those beside it whose lab was killed. It is the lab's from then on: the lab
 * removes it in the end.
 *
 * @throws Error when another lab has it, or anything else.
 */
export async function makeLabFolder(folder: string): Promise<void> {
  const labs = dirname(folder);
  await mkdir(labs, { recursive: true });
  for (const { name } of await readdir(labs, { withFileTypes: true })) {
    const owner = await ownerOf(join(labs, name));
    if (owner !== undefined && hasDied(owner)) {
      await removeFolder(join(labs, name));
    }
  }
  await mkdir(folder, { recursive: true });
  const present = await readdir(folder);
  if (present.includes(ownerFile)) {
    throw new Error(`A lab starts or stands in ${folder} already. Stop it first, or choose another folder.`);
  }
  const foreign = present.find((name) => !early.has(name));
  if (foreign !== undefined) {
    throw new Error(
      `${folder} holds ${foreign}; a lab needs a folder of its own, which it removes in the end.`,
    );
  }
  await writeFile(join(folder, ownerFile), ownerName(), { flag: 'wx' });
}
