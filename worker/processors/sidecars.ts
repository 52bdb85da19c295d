import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SubtitleSource } from '../media/command';
import { isSubtitleFile } from '../media/probe';
import type { Skipped } from '../media/renditions';
import type { MediaTools } from '../media/tools';
import { isConflict, isMissing } from '../objects/errors';
import { downloadFile } from '../objects/files';
import { headObject } from '../objects/versions';
import type { DeriveWork } from './derive';
import { processedKey, type Prefixes } from './keys';

/** What may lie beside a movie under its name. */
const EXTENSIONS = ['srt', 'vtt'];
/** The subtitles of a long film take a tenth of a megabyte. */
const MAX_BYTES = 8 * 1024 ** 2;

export interface SidecarOptions extends Prefixes {
  readonly s3: S3Client;
  readonly tools: MediaTools;
}

/**
 * Fetches the subtitle files of the movie's name beside it, not moved yet or moved already. One that is no good is
 * skipped: it is no reason to refuse the movie.
 */
export async function fetchSidecars(
  options: SidecarOptions,
  work: DeriveWork,
): Promise<{ readonly usable: readonly SubtitleSource[]; readonly skipped: readonly Skipped[] }> {
  const usable: SubtitleSource[] = [];
  const skipped: Skipped[] = [];
  for (const extension of EXTENSIONS) {
    const key = work.upload.key.replace(/\.[^.]+$/u, `.${extension}`);
    const file = path.join(work.folder, `sidecar.${extension}`);
    const size = await fetchBeside(options, { ...work.upload, key }, file, work.signal);
    if (size === undefined) continue;
    if (size > MAX_BYTES) skipped.push({ what: key, why: `${size} bytes are too many for subtitles` });
    else if (await isReadable(options.tools, file, work.signal))
      usable.push({ language: 'und', file, stream: undefined, name: `subtitles-${extension}` });
    else skipped.push({ what: key, why: 'it is no subtitle file' });
  }
  return { usable, skipped };
}

/** Answers the object's size, and fetches it unless it is too large. Undefined where there is none. */
async function fetchBeside(
  { s3, ...prefixes }: SidecarOptions,
  upload: DeriveWork['upload'],
  file: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { bucket } = upload;
  // In this order: a move copies before it deletes.
  for (const key of [upload.key, processedKey(upload, prefixes)]) {
    const head = await headObject(s3, bucket, key, signal);
    if (head === undefined) continue;
    const { ContentLength: size = 0, ETag = '' } = head;
    try {
      if (size <= MAX_BYTES)
        await downloadFile(s3, { bucket, key, eTag: ETag.replaceAll('"', '') }, file, signal);
      return size;
    } catch (error) {
      if (!isMissing(error) && !isConflict(error)) throw error;
    }
  }
  return undefined;
}

/** Rewrites the file as UTF-8, which ffmpeg takes subtitles for. */
async function isReadable(tools: MediaTools, file: string, signal: AbortSignal): Promise<boolean> {
  if ((await stat(file)).size === 0) return false;
  await writeFile(file, decodeText(await readFile(file)));
  return isSubtitleFile(tools, file, signal);
}

/** UTF-8, UTF-16 with its mark, or else Windows-1252, in which every byte means something. */
export function decodeText(bytes: Uint8Array): string {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  if (mark === 0xfffe) return new TextDecoder('utf-16le').decode(bytes);
  if (mark === 0xfeff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
