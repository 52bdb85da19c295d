import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { requireMediaTools } from '../testing/media';
import { checkMediaTools } from './tools';

describe('ffmpeg', () => {
  it('is fit for use where it runs', async () => {
    await expect(checkMediaTools(await requireMediaTools())).resolves.toBeUndefined();
  });

  it('is an error by name where it is there but does not run', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'upload-tools-'));
    try {
      const ffmpeg = path.join(folder, 'ffmpeg');
      await writeFile(ffmpeg, 'no program of this processor', { mode: 0o755 });
      const { ffprobe } = await requireMediaTools();
      await expect(checkMediaTools({ ffmpeg, ffprobe })).rejects.toThrow(
        `${ffmpeg} is there but does not run`,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
