import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SubtitleFile } from '../media/command';
import { subtitlePlaylist, withSubtitles, type SubtitleTrack } from '../media/hls';
import { remuxArguments } from '../media/remux';
import { runTool, ToolError } from '../media/run';
import { downloadFile } from '../objects/files';
import { headObject } from '../objects/versions';
import { NonRetryableError } from '../queue/errors';
import { SMALL_RESULTS } from './derive';
import { editionId } from './editions';
import { discard, manifestKey, publish } from './manifest';
import type { MadeMovie, MovieManifest } from './movie-manifest';
import type { ProcessorContext } from './processor';
import { resultFile, uploadResults } from './results';
import type { Scratch } from './scratch';
import {
  describeSidecars,
  fetchSidecar,
  subtitlesOf,
  type FetchedSidecar,
  type FoundSidecar,
  type SidecarOptions,
} from './sidecars';

export interface RemakeOptions extends SidecarOptions {
  readonly scratch: Scratch;
}

/** What the results of a movie are to become. */
interface Edition {
  /** Its files are those that stay. */
  readonly manifest: MovieManifest;
  readonly renditions: readonly { readonly before: string; readonly after: string }[];
  /** Positions of the subtitle tracks that stay. */
  readonly kept: readonly number[];
  readonly added: readonly SubtitleFile[];
  /** All of them. */
  readonly tracks: readonly SubtitleTrack[];
}

type Work = Pick<ProcessorContext, 'signal'> & { readonly folder: string };

/**
 * Gives the results of a movie further subtitle files, or newer ones in place of those it has: as tracks of the renditions,
 * which are not encoded again, as WebVTT, and in the master playlist. What changes gets a new name; the manifest, written on
 * the condition that it did not change meanwhile, then names that, and what it does not name any more is deleted.
 *
 * @throws Error when the manifest changed: the task is then tried again and looks anew
 */
export async function remake(
  options: RemakeOptions,
  made: MadeMovie,
  late: readonly FoundSidecar[],
  { signal, tell }: ProcessorContext,
): Promise<void> {
  const { s3, scratch } = options;
  const { results, source, current } = made;
  const { bucket, base } = results;
  const id = editionId(current, late);
  const bytes = await sizeOfRenditions(s3, made, signal);
  await using folder = await scratch.folder(2 * bytes + SMALL_RESULTS);
  const work = { folder: folder.path, signal };

  const sidecars: FetchedSidecar[] = [];
  for (const found of late)
    sidecars.push(await fetchSidecar(options, bucket, { ...found, name: `${found.name}-${id}` }, work));
  const edition = planEdition(made.manifest, sidecars, id);
  await remux(options, made, edition, work);
  await writePlaylists(s3, made, edition, work);

  const { prefix, playlist, files } = edition.manifest;
  const changed = [
    ...edition.renditions.map(({ after }) => after),
    playlist,
    ...edition.added.flatMap(({ name }) => [`${name}.vtt`, `${name}.m3u8`]),
  ];
  const uploaded = await uploadResults(s3, { bucket, prefix }, folder.path, changed.map(resultFile), signal);
  const manifest = { ...edition.manifest, files: [...files, ...uploaded] };
  if (!(await publish(s3, results, { manifest, source, replaces: current }, signal))) {
    await discard(s3, results, manifest, signal);
    throw new Error(`${manifestKey(results)} changed while it was given subtitles`);
  }
  for (const { key, ...sidecar } of sidecars)
    tell(
      sidecar.subtitle === undefined
        ? `Left out: ${key} of ${base}, since ${sidecar.why}`
        : `Added: ${key} to ${base}`,
    );
}

function planEdition(manifest: MovieManifest, sidecars: readonly FetchedSidecar[], id: string): Edition {
  const { prefix, subtitles, playlist, files } = manifest;
  const renditions = manifest.renditions.map(({ name, file }) => ({
    before: file,
    after: `${name}-${id}.mp4`,
  }));
  const keys = new Set(sidecars.map(({ key }) => key));
  const described = describeSidecars(sidecars);
  const replaced = manifest.sidecars.flatMap(({ key, file }) =>
    keys.has(key) && file !== undefined ? [file] : [],
  );
  const kept = subtitles
    .map((subtitle, position) => ({ ...subtitle, position }))
    .filter(({ file }) => !replaced.includes(file));
  const added = subtitlesOf(sidecars);
  const tracks = [...kept.map(({ language, file }) => ({ language, name: nameOf(file) })), ...added];
  const gone = new Set(
    [
      ...renditions.map(({ before }) => before),
      playlist,
      ...replaced.flatMap((file) => [file, `${nameOf(file)}.m3u8`]),
    ].map((file) => prefix + file),
  );
  return {
    manifest: {
      ...manifest,
      renditions: manifest.renditions.map((rendition) => ({
        ...rendition,
        file: `${rendition.name}-${id}.mp4`,
      })),
      subtitles: tracks.map(({ language, name }) => ({ language, file: `${name}.vtt` })),
      sidecars: [...manifest.sidecars.filter(({ key }) => !keys.has(key)), ...described.sidecars],
      playlist: `master-${id}.m3u8`,
      skipped: [...manifest.skipped.filter(({ what }) => !keys.has(what)), ...described.skipped],
      files: files.filter(({ key }) => !gone.has(key)),
    },
    renditions,
    kept: kept.map(({ position }) => position),
    added,
    tracks,
  };
}

/** The name of a file without its extension. */
function nameOf(file: string): string {
  return path.parse(file).name;
}

/** @throws Error when a rendition is gone: another task replaced the results, or somebody deleted it */
async function sizeOfRenditions(
  s3: S3Client,
  { results: { bucket }, manifest: { prefix, renditions } }: MadeMovie,
  signal: AbortSignal,
): Promise<number> {
  const sizes = renditions.map(async ({ file }) => {
    const head = await headObject(s3, bucket, prefix + file, signal);
    if (head?.ContentLength === undefined)
      throw new Error(`${prefix}${file}, which its manifest names, is gone`);
    return head.ContentLength;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function remux(
  { s3, tools }: RemakeOptions,
  { results: { bucket }, manifest: { prefix } }: MadeMovie,
  { renditions, kept, added }: Edition,
  { folder, signal }: Work,
): Promise<void> {
  const movies = renditions.map(({ before, after }) => ({
    input: path.join(folder, `before-${before}`),
    output: path.join(folder, after),
    key: prefix + before,
  }));
  for (const { key, input } of movies) await downloadFile(s3, { bucket, key }, input, signal);
  try {
    await runTool(tools.ffmpeg, remuxArguments({ movies, kept, added, folder }), { signal });
  } catch (error) {
    if (error instanceof ToolError && !error.isPassing)
      throw new NonRetryableError(`${prefix} cannot be given subtitles: ${error.message}`, { cause: error });
    throw error;
  }
}

async function writePlaylists(
  s3: S3Client,
  { results: { bucket }, manifest }: MadeMovie,
  { manifest: { playlist, durationSeconds }, added, tracks }: Edition,
  { folder, signal }: Work,
): Promise<void> {
  const master = path.join(folder, playlist);
  await downloadFile(s3, { bucket, key: manifest.prefix + manifest.playlist }, master, signal);
  await writeFile(master, withSubtitles(await readFile(master, 'utf8'), tracks));
  for (const { name } of added)
    await writeFile(path.join(folder, `${name}.m3u8`), subtitlePlaylist(name, durationSeconds));
}
