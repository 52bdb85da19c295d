import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, statfs, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Scratch, ScratchSpaceError } from './scratch';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'upload-scratch-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('scratch space', () => {
  it('is a folder that is gone after the task, also after a failed one', async () => {
    const scratch = new Scratch(path.join(root, 'not', 'yet', 'there'));
    let folder = '';
    const work = async (): Promise<void> => {
      await using made = await scratch.folder(1);
      folder = made.path;
      expect(existsSync(folder)).toBe(true);
      throw new Error('failed');
    };
    await expect(work()).rejects.toThrow('failed');
    expect(folder).not.toBe('');
    expect(existsSync(folder)).toBe(false);
  });

  it('is refused when it is not there, with how much is missing', async () => {
    const scratch = new Scratch(root);
    await expect(scratch.folder(Number.MAX_SAFE_INTEGER)).rejects.toThrow(ScratchSpaceError);
    await expect(scratch.folder(Number.MAX_SAFE_INTEGER)).rejects.toThrow(
      /needs \d+ MB of scratch space, \d+ MB are free/u,
    );
  });

  it('counts what running tasks were promised', async () => {
    const scratch = new Scratch(root);
    // Of what is free, two fifths and two fifths leave no two fifths more.
    const { bavail, bsize } = await statfs(root);
    const most = Math.floor(bavail * bsize * 0.4);
    await using first = await scratch.folder(most);
    await using second = await scratch.folder(most);
    expect([first.path, second.path].map(existsSync)).toEqual([true, true]);
    await expect(scratch.folder(most)).rejects.toThrow(ScratchSpaceError);
  });

  it('counts what a running task asked for later, and gives it all back', async () => {
    const scratch = new Scratch(root);
    const { bavail, bsize } = await statfs(root);
    const most = Math.floor(bavail * bsize * 0.4);
    {
      await using first = await scratch.folder(1);
      await first.reserve(most);
      await first.reserve(most);
      await expect(first.reserve(most)).rejects.toThrow(ScratchSpaceError);
      await expect(scratch.folder(most)).rejects.toThrow(ScratchSpaceError);
    }
    await using second = await scratch.folder(most);
    expect(existsSync(second.path)).toBe(true);
  });

  it('of an earlier process that had our process id is cleaned, as after the restart of a container', async () => {
    const folder = path.join(root, `task-${process.pid}-abc`);
    await mkdir(folder);
    await utimes(folder, 0, performance.timeOrigin / 1000 - 1);
    await new Scratch(root).clean();
    expect(await readdir(root)).toEqual([]);
  });

  it('of a killed worker is cleaned by the next one; that of a running one and what is not ours stays', async () => {
    const child = spawn('true');
    await once(child, 'close');
    const ours = `task-${process.pid}-abc`;
    for (const name of [`task-${String(child.pid)}-abc`, ours, 'task-abc', 'other'])
      await mkdir(path.join(root, name));
    await new Scratch(root).clean();
    expect((await readdir(root)).sort()).toEqual(['other', 'task-abc', ours].sort());
  });
});
