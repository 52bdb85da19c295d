import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { requireMediaTools } from '../testing/media';
import { checkMediaTools } from './tools';

describe('ffmpeg and ffprobe', () => {
  it('are fit for use where both run', async () => {
    await expect(checkMediaTools(await requireMediaTools())).resolves.toBeUndefined();
  });

  it('are an error by name where one is there but does not run', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'upload-tools-'));
    try {
      const ffprobe = path.join(folder, 'ffprobe');
      await writeFile(ffprobe, 'no program of this processor', { mode: 0o755 });
      const { ffmpeg } = await requireMediaTools();
      await expect(checkMediaTools({ ffmpeg, ffprobe })).rejects.toThrow(
        `${ffprobe} is there but does not run`,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
