import { access, constants } from 'node:fs/promises';
import path from 'node:path';

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

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
