import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MediaTools } from '../media/tools';
import { allProcessors } from '../processors';
import type { Processor } from '../processors/processor';
import { Scratch } from '../processors/scratch';
import { MediaFolder, requireMediaTools } from './media';
import { startProcessing, type Processing } from './processing';

/** What the tests read of a manifest. */
export interface Manifest {
  readonly prefix: string;
  readonly renditions: readonly {
    readonly name: string;
    readonly width: number;
    readonly height: number;
    readonly file: string;
  }[];
  readonly subtitles: readonly { readonly language: string; readonly file: string }[];
  readonly playlist: string;
  readonly files: readonly { readonly key: string }[];
  readonly skipped: readonly { readonly what: string; readonly why: string }[];
  readonly hasAudio: boolean;
  readonly durationSeconds: number;
}

/** Makes media files and has them processed, by the worker's own list of processors and the real ffmpeg. */
export class Studio implements AsyncDisposable {
  private constructor(
    private readonly tools: MediaTools,
    readonly media: MediaFolder,
    private readonly scratchRoot: string,
  ) {}

  /** @throws Error where ffmpeg is not installed */
  static async open(): Promise<Studio> {
    const tools = await requireMediaTools();
    return new Studio(
      tools,
      await MediaFolder.make(tools),
      await mkdtemp(path.join(tmpdir(), 'upload-scratch-')),
    );
  }

  /** @param apart true to have each delivery handled by a worker of its own, as on different instances */
  start({ upscale = false, versioned = true, apart = false } = {}): Promise<Processing> {
    const scratch = new Scratch(this.scratchRoot);
    return startProcessing({
      versioned,
      processor: (s3) => {
        const worker = (): readonly Processor[] =>
          allProcessors({
            s3,
            uploadsPrefix: 'uploads/',
            processedPrefix: 'processed/',
            upscale,
            scratch,
            tools: this.tools,
          });
        const one = worker();
        return {
          name: 'all',
          accepts: () => true,
          process: async (upload, context) => {
            const processors = apart ? worker() : one;
            await processors.find(({ accepts }) => accepts(upload))?.process(upload, context);
          },
        };
      },
    });
  }

  /** Names in the scratch folder: none, when every task cleaned up. */
  scratchLeft(): Promise<string[]> {
    return readdir(this.scratchRoot);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.media[Symbol.asyncDispose]();
    await rm(this.scratchRoot, { recursive: true });
  }
}

/** Everything below the upload's name: to be the manifest and what it names. */
export function expectCompleteSet(p: Processing, name: string): void {
  const below = p.bucket.keys.filter((key) => key.startsWith(`processed/${name}/`));
  const named = manifestOf(p, name).files.map(({ key }) => key);
  expect(below).toEqual([`processed/${name}/manifest.json`, ...named].sort());
}

export function manifestOf({ bucket }: Processing, name: string): Manifest {
  return JSON.parse(bucket.get(`processed/${name}/manifest.json`).body.toBuffer().toString()) as Manifest;
}

/** A result, by its name in the manifest's folder. */
export function made(processing: Processing, upload: string, name: string): Buffer {
  return processing.bucket.get(manifestOf(processing, upload).prefix + name).body.toBuffer();
}

/** Options of ffmpeg for a moving picture of so many seconds. */
export function picture(size: string, seconds = 2, rate = 10): string[] {
  return ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`];
}

/** Options of ffmpeg for a tone of so many seconds. */
export function tone(seconds = 2): string[] {
  return ['-f', 'lavfi', '-i', `sine=d=${seconds}`];
}

export const quickly: readonly string[] = ['-c:v', 'libx264', '-preset', 'ultrafast'];
