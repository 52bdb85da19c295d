import path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Upload } from '../events/upload';
import { uploadFile } from '../objects/files';
import { inParallel } from '../objects/parallel';
import { processedKey, type Prefixes } from './keys';

/** Where the results of an upload are. */
export interface ResultsOf {
  readonly bucket: string;
  /** Key of the upload when it is moved; its results are below it. */
  readonly base: string;
}

/** A result, as a file in the task's scratch folder. */
export interface DerivedFile {
  /** Relative to the folder; also the last part of its key. */
  readonly name: string;
  readonly contentType: string;
}

/** A result in the bucket, as the manifest lists it. */
export type ResultFile = Readonly<{
  key: string;
  contentType: string;
  /** Bytes. */
  size: number;
}>;

/** What is appended to the key of an upload to name its results takes less than that, in bytes. */
const RESULT_NAME = 64;
/** Each holds parts of its file in memory. */
const FILES_AT_A_TIME = 2;

/** @throws NonRetryableError when S3 would refuse the names of results as too long */
export function resultsOf(upload: Pick<Upload, 'bucket' | 'key'>, prefixes: Prefixes): ResultsOf {
  return { bucket: upload.bucket, base: processedKey(upload, prefixes, RESULT_NAME) };
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4s': 'video/iso.segment',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.vtt': 'text/vtt',
  '.jpg': 'image/jpeg',
};

/** A result whose content type its name tells. */
export function resultFile(name: string): DerivedFile {
  return { name, contentType: CONTENT_TYPES[path.extname(name)] ?? 'application/octet-stream' };
}

/** Folder of an attempt at a version (`attempts.ts`); earlier workers had one for each version. */
const FOLDER = /^[0-9a-f]{12}(?:-[0-9a-f]{8})?\//u;

/** Whether a key lies in a folder that some attempt at the upload got. */
export function isResultOf({ base }: ResultsOf, key: string): boolean {
  return key.startsWith(`${base}/`) && FOLDER.test(key.slice(base.length + 1));
}

/** What lies below an upload that was moved and worked on. */
const RESULT = new RegExp(`^(?:manifest|progress)\\.json$|${FOLDER.source}`, 'u');

/** The keys among whose results this one would lie when it is moved: for `a.mp4/manifest.json` that is `a.mp4`. */
export function ownersOf(key: string): string[] {
  const ends = [...key.matchAll(/\//gu)].map(({ index }) => index);
  return ends.filter((end) => RESULT.test(key.slice(end + 1))).map((end) => key.slice(0, end));
}

/** Uploads results from a scratch folder. */
export async function uploadResults(
  s3: S3Client,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  folder: string,
  files: readonly DerivedFile[],
  signal: AbortSignal,
): Promise<ResultFile[]> {
  return inParallel(files, FILES_AT_A_TIME, async ({ name, contentType }) => {
    const key = prefix + name;
    const size = await uploadFile(s3, { bucket, key }, path.join(folder, name), contentType, signal);
    return { key, contentType, size };
  });
}
