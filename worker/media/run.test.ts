import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTool, ToolError } from './run';

const never = new AbortController().signal;

describe('a program that is run', () => {
  it('has each line of its output taken', async () => {
    const lines: string[] = [];
    await runTool('printf', ['a\\nb\\n'], { signal: never, onLine: (line) => lines.push(line) });
    expect(lines).toEqual(['a', 'b']);
  });

  it('is what the kernel kills first when memory runs out, and not the worker with its other tasks', async () => {
    const lines: string[] = [];
    const read = ['/proc/self/oom_score_adj'];
    await runTool('cat', read, { signal: never, onLine: (line) => lines.push(line) });
    expect(lines).toEqual(['1000']);
  });

  it('is an error when it fails, with what it printed last', async () => {
    await expect(runTool('sh', ['-c', 'echo one >&2; exit 3'], { signal: never })).rejects.toMatchObject({
      message: 'sh failed with code 3: one',
      isPassing: false,
    });
  });

  it('is killed when its signal aborts, and the reason is the error', async () => {
    const stop = new AbortController();
    const run = runTool('sh', ['-c', 'echo up; exec sleep 60'], {
      signal: stop.signal,
      onLine: () => {
        stop.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow('enough');
  });

  it('may be tried again when someone else killed it, or the disk is full', async () => {
    await expect(runTool('sh', ['-c', 'kill -9 $$'], { signal: never })).rejects.toMatchObject({
      isPassing: true,
    });
    const full = 'echo "No space left on device" >&2; exit 1';
    await expect(runTool('sh', ['-c', full], { signal: never })).rejects.toMatchObject({ isPassing: true });
  });

  it('may be tried again, here or elsewhere, when it is broken or not there', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'upload-run-'));
    try {
      const broken = path.join(folder, 'ffmpeg');
      await writeFile(broken, 'no program of this processor', { mode: 0o755 });
      for (const tool of [broken, path.join(folder, 'none')])
        await expect(runTool(tool, [], { signal: never })).rejects.toMatchObject({ isPassing: true });
      const noLibrary = 'echo "error while loading shared libraries" >&2; exit 127';
      await expect(runTool('sh', ['-c', noLibrary], { signal: never })).rejects.toMatchObject({
        isPassing: true,
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is ended when a file of it grows too large, which no retry can help', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'upload-run-'));
    try {
      const file = path.join(folder, 'large');
      const write = ['if=/dev/zero', `of=${file}`, 'bs=4096', 'count=1000'];
      const run = runTool('dd', write, { signal: never, maxFileBytes: 100_000 });
      await expect(run).rejects.toThrow(ToolError);
      await expect(run).rejects.toMatchObject({ isOversized: true, isPassing: false });
      expect((await stat(file)).size).toBe(100_000);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
