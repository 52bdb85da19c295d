import { mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { hasDied, ownerName } from '../support/owner';
import { removeFolder } from '../support/remove';

/** Names the process that keeps the lab, as the target of a link: that is made whole or, on a full disk, not at all. */
const ownerFile = 'owner';

async function ownerOf(folder: string): Promise<string | undefined> {
  try {
    return await readlink(join(folder, ownerFile));
  } catch {
    return undefined;
  }
}

/** What may be in a lab's folder before the lab is: what `lab up` keeps of its keeper. */
const early = 'keeper.log';

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
  const foreign = present.find((name) => name !== early);
  if (foreign !== undefined) {
    throw new Error(
      `${folder} holds ${foreign}; a lab needs a folder of its own, which it removes in the end.`,
    );
  }
  await symlink(ownerName(), join(folder, ownerFile));
}
