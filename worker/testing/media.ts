import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findMediaTools, type MediaTools } from '../media/tools';

const run = promisify(execFile);

/**
 * ffmpeg for tests that make real media files.
 *
 * @throws Error where it is not installed
 */
export async function requireMediaTools(): Promise<MediaTools> {
  const tools = await findMediaTools(process.env.PATH);
  if (tools === undefined)
    throw new Error('these tests need ffmpeg and ffprobe on PATH (Debian: apt-get install ffmpeg)');
  return tools;
}

/** A folder where a test makes media files; deleted when it is disposed of. */
export class MediaFolder implements AsyncDisposable {
  private constructor(
    private readonly tools: MediaTools,
    readonly path: string,
  ) {}

  static async make(tools: MediaTools): Promise<MediaFolder> {
    return new MediaFolder(tools, await mkdtemp(path.join(tmpdir(), 'upload-media-')));
  }

  /** Has ffmpeg make a file; answers its content. */
  async make(name: string, ...args: readonly string[]): Promise<Buffer> {
    await run(this.tools.ffmpeg, ['-v', 'error', '-y', ...args, path.join(this.path, name)]);
    return readFile(path.join(this.path, name));
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    const file = path.join(this.path, name);
    await writeFile(file, content);
    return file;
  }

  /** ffprobe's report of some bytes, as JSON. */
  async describe(content: Uint8Array): Promise<MediaReport> {
    const file = await this.write('described', content);
    const args = ['-v', 'error', '-of', 'json', '-show_streams', '-show_format', '-count_packets', file];
    const { stdout } = await run(this.tools.ffprobe, args);
    return JSON.parse(stdout) as MediaReport;
  }

  /** A hash of all encoded pictures. */
  async pictures(content: Uint8Array): Promise<string> {
    const file = await this.write('hashed', content);
    const { stdout } = await run(this.tools.ffmpeg, [
      '-v',
      'error',
      '-i',
      file,
      '-map',
      '0:v',
      '-c',
      'copy',
      '-f',
      'md5',
      '-',
    ]);
    return stdout.trim();
  }

  /** Mean of the pixels of a picture, 0 (black) to 255 (white). */
  async brightness(content: Uint8Array): Promise<number> {
    const file = await this.write('looked-at', content);
    const onePixel = ['-vf', 'scale=1:1:flags=area,format=gray', '-f', 'rawvideo', '-'];
    const { stdout } = await run(this.tools.ffmpeg, ['-v', 'error', '-i', file, ...onePixel], {
      encoding: 'buffer',
    });
    return stdout[0] ?? NaN;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

export interface MediaReport {
  readonly streams: readonly {
    readonly codec_type: string;
    readonly codec_name: string;
    readonly width?: number;
    readonly height?: number;
    readonly pix_fmt?: string;
    readonly profile?: string;
    readonly nb_read_packets?: string;
    readonly start_time?: string;
    readonly duration?: string;
    readonly tags?: Readonly<Record<string, string>>;
  }[];
  readonly format: { readonly duration: string };
}
