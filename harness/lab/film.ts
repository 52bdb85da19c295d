import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findOnPath } from '../support/child';
import { run } from '../support/run';

/** A film to upload. */
export interface FilmSpec {
  /** Pixels, `1920x1080`. */
  readonly size: string;
  /** Less than ten. */
  readonly seconds: number;
}

/** What the subtitles say. */
export const subtitle = 'The queue kept the task. Ça alors!';

/** A subtitle file (SubRip): one text, from the first half second to the end of the film. */
export function subtitlesFor({ seconds }: FilmSpec): string {
  return `1\n00:00:00,500 --> 00:00:0${seconds},000\n${subtitle}\n`;
}

/** Why no film can be made, and how to change that; `undefined` where one can. */
export function lackOfFfmpeg(): string | undefined {
  return findOnPath('ffmpeg') === undefined
    ? 'A film is made by ffmpeg, which is not on PATH (Debian: apt-get install ffmpeg).'
    : undefined;
}

/**
 * Has ffmpeg make a film: a moving picture and a tone, as H.264 and AAC in MP4.
 *
 * @throws Error when ffmpeg is not on PATH, saying how to get it, or when it fails.
 */
export async function makeFilm({ size, seconds }: FilmSpec): Promise<Buffer> {
  const ffmpeg = findOnPath('ffmpeg');
  if (ffmpeg === undefined) {
    throw new Error(lackOfFfmpeg());
  }
  const folder = await mkdtemp(join(tmpdir(), 'upload-film-'));
  try {
    const file = join(folder, 'film.mp4');
    const picture = ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=${seconds}`];
    const sound = ['-f', 'lavfi', '-i', `sine=d=${seconds}`];
    const quickly = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
    const { exitCode, stderr } = await run(
      ffmpeg,
      ['-v', 'error', '-nostdin', ...picture, ...sound, ...quickly, file],
      { env: process.env, stop: { graceMs: 0 } },
    );
    if (exitCode !== 0) {
      throw new Error(`ffmpeg could not make a film: ${stderr.trim()}`);
    }
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
