import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ownerName } from '../support/owner';
import { makeLabFolder } from './lab-folder';

describe('the folder of a lab', () => {
  let labs: string;

  beforeEach(async () => {
    labs = await mkdtemp(join(tmpdir(), 'labs-'));
  });

  afterEach(async () => {
    await rm(labs, { recursive: true });
  });

  async function left(name: string, owner: string): Promise<void> {
    await mkdir(join(labs, name, 'instances'), { recursive: true });
    await symlink(owner, join(labs, name, 'owner'));
  }

  it('is made beside those of labs that live, and what is no lab’s', async () => {
    await left('living', ownerName());
    await mkdir(join(labs, 'anything'));
    await writeFile(join(labs, 'anything', 'owner'), '');
    await makeLabFolder(join(labs, 'new'));
    expect((await readdir(labs)).sort()).toEqual(['anything', 'living', 'new']);
  });

  it('is made in place of those whose lab was killed', async () => {
    const [space] = ownerName().split(' ');
    await left('killed', `${space} ${spawnSync('true').pid} 1`);
    await makeLabFolder(join(labs, 'new'));
    expect(await readdir(labs)).toEqual(['new']);
  });

  it('is not taken from a lab that lives, nor from anything else that is in it', async () => {
    await left('living', ownerName());
    await expect(makeLabFolder(join(labs, 'living'))).rejects.toThrow('A lab starts or stands in');
    await mkdir(join(labs, 'mine'));
    await writeFile(join(labs, 'mine', 'thesis.txt'), '');
    await expect(makeLabFolder(join(labs, 'mine'))).rejects.toThrow(
      'mine holds thesis.txt; a lab needs a folder of its own',
    );
    expect(await readdir(join(labs, 'mine'))).toEqual(['thesis.txt']);
  });

  it('may hold the log of the keeper, which is there before the lab', async () => {
    await mkdir(join(labs, 'new'));
    await writeFile(join(labs, 'new', 'keeper.log'), '');
    await makeLabFolder(join(labs, 'new'));
    expect((await readdir(join(labs, 'new'))).sort()).toEqual(['keeper.log', 'owner']);
  });
});
