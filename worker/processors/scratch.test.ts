import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir, uptime } from 'node:os';
import path from 'node:path';
import { NonRetryableError } from '../queue/errors';
import { Scratch, ScratchSpaceError } from './scratch';

const fs = jest.requireActual<typeof import('node:fs/promises')>('node:fs/promises');

const MB = 1e6;
const bootedAt = Date.now() - uptime() * 1000;
const GiB = 1024 ** 3;
const RESERVE = GiB / 4;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'upload-scratch-'));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(root, { recursive: true });
});

/** Has the disk be one of so many bytes, of which other things than tasks take some. */
function disk({ total, others }: { readonly total: number; readonly others: number }): void {
  const ours = (): number =>
    Number(execFileSync('du', ['-s', '-B1', root], { encoding: 'utf8' }).split('\t')[0]);
  jest.spyOn(fs, 'statfs').mockImplementation((() => {
    const available = Math.max(0, total - others - ours());
    return Promise.resolve({ blocks: total, bavail: available, bsize: 1 });
  }) as unknown as typeof fs.statfs);
}

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

  it('is refused when it is not there now, with how much is missing', async () => {
    const scratch = new Scratch(root);
    disk({ total: 2 * GiB, others: GiB });
    await using first = await scratch.folder(500 * MB);
    expect(await readdir(root)).toEqual([path.basename(first.path)]);
    const second = scratch.folder(500 * MB);
    await expect(second).rejects.toThrow(ScratchSpaceError);
    await expect(second).rejects.toThrow('needs 500 MB of scratch space, 306 MB are free');
    expect(await readdir(root)).toEqual([path.basename(first.path)]);
  });

  it('that the disk can never have is refused for good, with how much there is and what to do', async () => {
    const scratch = new Scratch(root);
    disk({ total: 20 * GiB, others: 3 * GiB });
    await using folder = await scratch.folder(10_000 * MB);
    await expect(scratch.folder(9000 * MB)).rejects.toThrow(ScratchSpaceError);
    const tooMuch = folder.reserve(9000 * MB);
    await expect(tooMuch).rejects.toThrow(NonRetryableError);
    await expect(tooMuch).rejects.toThrow(/needs 19000 MB .* the disk has 17986 MB .*volumeSize/u);
    await expect(scratch.folder(19_000 * MB)).rejects.toThrow(NonRetryableError);
  });

  it('is refused for now where something else fills the disk, as it may not elsewhere', async () => {
    disk({ total: 20 * GiB, others: 20 * GiB });
    await expect(new Scratch(root).folder(1000 * MB)).rejects.toThrow(ScratchSpaceError);
  });

  it('counts what a task has written once', async () => {
    const scratch = new Scratch(root);
    disk({ total: RESERVE + 100 * MB, others: 0 });
    await using task = await scratch.folder(60 * MB);
    await writeFile(path.join(task.path, 'input'), Buffer.alloc(50 * MB));
    await task.reserve(38 * MB);
    await expect(task.reserve(5 * MB)).rejects.toThrow(NonRetryableError);
    await expect(scratch.folder(5 * MB)).rejects.toThrow(ScratchSpaceError);
  });

  it('counts what running tasks were promised', async () => {
    const scratch = new Scratch(root);
    disk({ total: 20 * GiB, others: 10 * GiB });
    // Of what is free, two fifths and two fifths leave no two fifths more.
    const most = 4 * GiB;
    await using first = await scratch.folder(most);
    await using second = await scratch.folder(most);
    expect([first.path, second.path].map(existsSync)).toEqual([true, true]);
    await expect(scratch.folder(most)).rejects.toThrow(ScratchSpaceError);
  });

  it('counts what a running task asked for later, and gives it all back', async () => {
    const scratch = new Scratch(root);
    disk({ total: 20 * GiB, others: 10 * GiB });
    const most = 4 * GiB;
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

  it.each([
    ['ours, as after the restart of a container', process.pid, performance.timeOrigin],
    ['that of another program since the machine was started again', process.ppid, bootedAt],
  ])('of an earlier process whose process id is now %s is cleaned', async (_, pid, since) => {
    const [earlier, running] = [`task-${pid}-abc`, `task-${process.ppid}-def`];
    for (const name of [earlier, running]) await mkdir(path.join(root, name));
    await utimes(path.join(root, earlier), 0, since / 1000 - 2);
    await new Scratch(root).clean();
    expect(await readdir(root)).toEqual([running]);
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
