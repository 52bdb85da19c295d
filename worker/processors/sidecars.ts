import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Upload } from '../events/upload';
import type { SubtitleFile } from '../media/command';
import { isSubtitleFile } from '../media/probe';
import type { Skipped } from '../media/renditions';
import type { MediaTools } from '../media/tools';
import { isConflict, isMissing } from '../objects/errors';
import { downloadFile } from '../objects/files';
import { headObject } from '../objects/versions';
import type { DeriveWork } from './derive';
import { processedKey, type Prefixes } from './keys';
import { readProvenance } from './provenance';

/** Names of uploads that are taken for subtitles of the movie of that name. */
export const SIDECAR = /\.(?:srt|SRT|vtt|VTT)$/u;
/** Keys are case-sensitive, and each is asked for by its name. */
const EXTENSIONS = ['srt', 'SRT', 'vtt', 'VTT'];
/** The subtitles of a long film take a tenth of a megabyte. */
const MAX_BYTES = 8 * 1024 ** 2;

export interface SidecarOptions extends Prefixes {
  readonly s3: S3Client;
  readonly tools: MediaTools;
}

/** A subtitle file beside a movie. */
export interface Sidecar {
  /** Of its upload, wherever it is now. */
  readonly key: string;
  /** Of its upload; the same before and after the move. */
  readonly version: string;
}

/** Where one was found. */
export interface FoundSidecar extends Sidecar {
  readonly place: string;
  readonly eTag: string;
  readonly size: number;
  /** Of the WebVTT file that is to be made of it, without extension. */
  readonly name: string;
}

/** One that was looked into: subtitles, or why it holds none. */
export type FetchedSidecar = Sidecar &
  ({ readonly subtitle: SubtitleFile } | { readonly subtitle: undefined; readonly why: string });

type Movie = Pick<Upload, 'bucket' | 'key'>;
type Work = Pick<DeriveWork, 'folder' | 'signal'>;

/**
 * Fetches the subtitle files of the movie's name beside it, not moved yet or moved already. One that is no good is no
 * reason to refuse the movie.
 */
export async function fetchSidecars(
  options: SidecarOptions,
  movie: Movie,
  work: Work,
): Promise<FetchedSidecar[]> {
  const fetched: FetchedSidecar[] = [];
  for (const extension of EXTENSIONS) {
    // In this order: a move copies before it deletes.
    for (const isMoved of [false, true]) {
      const found = await findSidecar(options, movie, extension, isMoved, work.signal);
      const sidecar = found && (await fetchUnlessGone(options, movie.bucket, found, work));
      if (sidecar === undefined) continue;
      fetched.push(sidecar);
      break;
    }
  }
  return fetched;
}

/** The subtitle files of the movie's name that are moved already. */
export async function movedSidecars(
  options: SidecarOptions,
  movie: Movie,
  signal: AbortSignal,
): Promise<FoundSidecar[]> {
  const found = EXTENSIONS.map((extension) => findSidecar(options, movie, extension, true, signal));
  return (await Promise.all(found)).filter((sidecar) => sidecar !== undefined);
}

async function findSidecar(
  { s3, ...prefixes }: SidecarOptions,
  movie: Movie,
  extension: string,
  isMoved: boolean,
  signal: AbortSignal,
): Promise<FoundSidecar | undefined> {
  const key = `${stemOf(movie.key)}.${extension}`;
  const place = isMoved ? processedKey({ key }, prefixes) : key;
  const head = await headObject(s3, movie.bucket, place, signal);
  if (head === undefined) return undefined;
  const { ContentLength: size = 0, ETag = '', VersionId, Metadata } = head;
  const eTag = ETag.replaceAll('"', '');
  const own = VersionId ?? eTag;
  const version = isMoved ? (readProvenance(Metadata)?.version ?? own) : own;
  return { key, version, place, eTag, size, name: `subtitles-${extension}` };
}

async function fetchUnlessGone(
  ...parameters: Parameters<typeof fetchSidecar>
): Promise<FetchedSidecar | undefined> {
  try {
    return await fetchSidecar(...parameters);
  } catch (error) {
    if (isMissing(error) || isConflict(error)) return undefined;
    throw error;
  }
}

/**
 * Fetches one that was found and looks into it.
 *
 * @throws S3ServiceException with status 404 or 412 when it changed meanwhile
 */
export async function fetchSidecar(
  { s3, tools }: SidecarOptions,
  bucket: string,
  { key, version, place, eTag, size, name }: FoundSidecar,
  { folder, signal }: Work,
): Promise<FetchedSidecar> {
  const sidecar = { key, version };
  if (size > MAX_BYTES)
    return { ...sidecar, subtitle: undefined, why: `${size} bytes are too many for subtitles` };
  const file = path.join(folder, `${name}.sidecar`);
  await downloadFile(s3, { bucket, key: place, eTag }, file, signal);
  if (!(await isReadable(tools, file, signal)))
    return { ...sidecar, subtitle: undefined, why: 'it is no subtitle file' };
  return { ...sidecar, subtitle: { language: 'und', file, stream: undefined, name } };
}

export function subtitlesOf(sidecars: readonly FetchedSidecar[]): SubtitleFile[] {
  return sidecars.flatMap(({ subtitle }) => subtitle ?? []);
}

/** What the manifest says of them: all that were looked at, and those that are left out. */
export function describeSidecars(sidecars: readonly FetchedSidecar[]): {
  readonly sidecars: (Sidecar & { readonly file?: string })[];
  readonly skipped: Skipped[];
} {
  return {
    sidecars: sidecars.map(({ key, version, subtitle }) => ({
      key,
      version,
      ...(subtitle && { file: `${subtitle.name}.vtt` }),
    })),
    skipped: sidecars.flatMap((sidecar): Skipped[] =>
      sidecar.subtitle === undefined ? [{ what: sidecar.key, why: sidecar.why }] : [],
    ),
  };
}

/** A key without its extension: what a movie and its subtitle files have in common. */
export function stemOf(key: string): string {
  return key.replace(/\.[^.]+$/u, '');
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
