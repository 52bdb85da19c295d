import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { maxFileBytes, QUALITY, movieArguments, type SubtitleSource } from '../media/command';
import {
  durationOf,
  masterPlaylist,
  subtitlePlaylist,
  videoCodec,
  type EncodedRendition,
} from '../media/hls';
import { MAX_MOVIE_PIXELS, probe, type Probe } from '../media/probe';
import { planRenditions, type Rendition, type Skipped } from '../media/renditions';
import { runTool, ToolError } from '../media/run';
import { NonRetryableError } from '../queue/errors';
import { SMALL_RESULTS, type Derived, type DeriveWork } from './derive';
import { resultFile } from './results';
import { describeSidecars, fetchSidecars, subtitlesOf, type SidecarOptions } from './sidecars';

/** Names of uploads that are taken for movies. */
export const MOVIE = /\.(?:mp4|m4v|mov|mkv|webm|avi|mpg|mpeg|ts|flv|wmv|ogv)$/iu;

/** Embedded subtitles that are text; the others are pictures, which WebVTT cannot hold. */
const TEXT_SUBTITLES = new Set(['subrip', 'srt', 'ass', 'ssa', 'mov_text', 'webvtt', 'text']);
/** A movie is taken for truncated when less than this part of its stated length can be decoded. */
const COMPLETE = 0.97;

/** A fragmented MP4 describes its streams in its first 1.4 KB. */
const BEGINNING = 4096;
/** How much larger than a movie of unknown length its results may be, all together. */
const UNKNOWN_GROWTH = 4;

export interface MovieOptions extends SidecarOptions {
  /** True to make every rendition, also of a smaller movie. */
  readonly upscale: boolean;
}

/**
 * Makes renditions of a movie, WebVTT files of its subtitles, an HLS master playlist over all of it and a poster.
 *
 * @throws NonRetryableError when the file is no movie, or a broken or truncated one
 */
export async function makeMovie(options: MovieOptions, work: DeriveWork): Promise<Derived> {
  const { tools } = options;
  const { input, folder, signal } = work;
  const source = await probe(tools, input, signal);
  if (source.video === undefined) throw new NonRetryableError('it holds no video');
  if (source.video.pixels > MAX_MOVIE_PIXELS)
    throw new NonRetryableError(
      `its picture of ${source.video.pixels} pixels is too large: a movie may have ${MAX_MOVIE_PIXELS}`,
    );
  const { renditions, skipped } = planRenditions(source.video, options.upscale);
  const embedded = embeddedSubtitles(source);
  const fetched = await fetchSidecars(options, work.upload, work);
  const subtitles = [...embedded.usable, ...subtitlesOf(fetched)];
  const room = roomFor(renditions, source, work.upload.size);
  await work.reserve(room.total);

  const args = movieArguments({ input, folder, probe: source, renditions, subtitles });
  await encode(options, args, source, room.largest, work);
  const encoded = await Promise.all(renditions.map((rendition) => readEncoded(rendition, folder)));
  const durationSeconds = durationOf(encoded[0]?.playlist ?? '');
  refuseTruncated(source, durationSeconds);

  await writeFile(path.join(folder, 'master.m3u8'), masterPlaylist(encoded, subtitles, source.hasAudio));
  for (const { name } of subtitles) {
    await writeFile(path.join(folder, `${name}.m3u8`), subtitlePlaylist(name, durationSeconds));
  }
  const { sidecars, skipped: unreadable } = describeSidecars(fetched);
  return {
    files: [
      ...renditions.flatMap(({ name }) => [
        resultFile(`${name}.mp4`),
        resultFile(`${name}.m4s`),
        resultFile(`${name}.m3u8`),
      ]),
      ...subtitles.flatMap(({ name }) => [resultFile(`${name}.vtt`), resultFile(`${name}.m3u8`)]),
      resultFile('master.m3u8'),
      resultFile('poster.jpg'),
    ],
    manifest: {
      kind: 'movie',
      durationSeconds,
      quality: QUALITY,
      hasAudio: source.hasAudio,
      renditions: renditions.map(({ name, width, height }) => ({ name, width, height, file: `${name}.mp4` })),
      subtitles: subtitles.map(({ name, language }) => ({ language, file: `${name}.vtt` })),
      sidecars,
      playlist: 'master.m3u8',
      poster: 'poster.jpg',
      skipped: [...skipped, ...embedded.skipped, ...unreadable],
    },
  };
}

/** Two files of each rendition; of a movie that does not state its length the size has to do. */
function roomFor(
  renditions: readonly Rendition[],
  { durationSeconds }: Probe,
  size: number,
): { readonly total: number; readonly largest: number } {
  if (durationSeconds === 0) return { total: size * UNKNOWN_GROWTH, largest: size * UNKNOWN_GROWTH };
  const files = renditions.map((rendition) => maxFileBytes(rendition, durationSeconds));
  return { total: 2 * files.reduce((sum, bytes) => sum + bytes, 0), largest: Math.max(...files) };
}

/** Runs ffmpeg; its progress is that of the encoded time. */
async function encode(
  { tools: { ffmpeg } }: MovieOptions,
  args: readonly string[],
  source: Probe,
  maxBytes: number,
  { signal, progress }: DeriveWork,
): Promise<void> {
  const onLine = (line: string): void => {
    const microseconds = /^out_time_us=(\d+)$/u.exec(line)?.[1];
    if (microseconds === undefined || source.durationSeconds === 0) return;
    progress(Math.min(100, Number(microseconds) / 1e4 / source.durationSeconds));
  };
  try {
    await runTool(ffmpeg, args, { signal, onLine, maxFileBytes: maxBytes + SMALL_RESULTS });
  } catch (error) {
    if (error instanceof ToolError && error.isOversized)
      throw new NonRetryableError('it is longer than it says: its renditions outgrow their room', {
        cause: error,
      });
    if (error instanceof ToolError && !error.isPassing) {
      throw new NonRetryableError(`it cannot be decoded: ${error.message}`, { cause: error });
    }
    throw error;
  }
  progress(100);
}

async function readEncoded(rendition: Rendition, folder: string): Promise<EncodedRendition> {
  const playlist = await readFile(path.join(folder, `${rendition.name}.m3u8`), 'utf8');
  await using file = await open(path.join(folder, `${rendition.name}.m4s`));
  const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
  const codec = videoCodec(buffer.subarray(0, bytesRead));
  if (codec === undefined) throw new NonRetryableError('no picture of it could be decoded');
  return { rendition, codec, playlist };
}

function refuseTruncated(source: Probe, got: number): void {
  if (got >= source.durationSeconds * COMPLETE - 0.5) return;
  throw new NonRetryableError(
    `it is truncated: ${got.toFixed(1)} s of ${source.durationSeconds.toFixed(1)} s could be decoded`,
  );
}

function embeddedSubtitles({ subtitles }: Probe): { usable: SubtitleSource[]; skipped: Skipped[] } {
  const isText = ({ codec }: { codec: string }): boolean => TEXT_SUBTITLES.has(codec);
  return {
    usable: subtitles.filter(isText).map((stream) => ({
      language: safeLanguage(stream.language),
      file: undefined,
      stream,
      name: `subtitles-${stream.position + 1}-${safeLanguage(stream.language)}`,
    })),
    skipped: subtitles
      .filter((stream) => !isText(stream))
      .map(({ position, codec }) => ({
        what: `subtitle track ${position + 1}`,
        why: `${codec} holds pictures, which WebVTT cannot`,
      })),
  };
}

/** The tag is the uploader's text: only what looks like a language goes into names and playlists. */
function safeLanguage(language: string): string {
  return /^[a-z]{2,3}$/iu.test(language) ? language.toLowerCase() : 'und';
}
