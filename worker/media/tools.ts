import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../queue/errors';
import { runTool } from './run';

/** Where the two programs of ffmpeg are. */
export interface MediaTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/**
 * Finds ffmpeg and ffprobe: beside this process's own Node (the artifact), then on PATH (a baked AMI, a developer's
 * machine). Undefined where there is neither.
 */
export async function findMediaTools(searchPath: string | undefined): Promise<MediaTools | undefined> {
  const folders = [
    path.dirname(process.execPath),
    ...(searchPath ?? '').split(path.delimiter).filter(Boolean),
  ];
  for (const folder of folders) {
    const tools = { ffmpeg: path.join(folder, 'ffmpeg'), ffprobe: path.join(folder, 'ffprobe') };
    if ((await isExecutable(tools.ffmpeg)) && (await isExecutable(tools.ffprobe))) return tools;
  }
  return undefined;
}

/** How long a program may take to say its version, in milliseconds: it is read from a disk that may be new and slow. */
const PATIENCE_MS = 60_000;

/**
 * Has ffmpeg say its version. Not ffprobe as well, which comes with it and needs the same libraries: every start waits.
 *
 * @throws Error when it does not run: it is of another processor, or a library is missing
 */
export async function checkMediaTools({ ffmpeg }: MediaTools): Promise<void> {
  try {
    await runTool(ffmpeg, ['-version'], { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const what = `${ffmpeg} is there but does not run, so no movie or image can be worked on`;
    throw new Error(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
