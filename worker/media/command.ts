import path from 'node:path';
import type { Probe, SubtitleStream } from './probe';
import { MAX_MOVIE_PIXELS, SAFE_INPUT, SAFE_SUBTITLES } from './probe';
import type { Rendition } from './renditions';

/** The stated quality of every rendition: constant rate factor of x264 (lower is better; 18 looks lossless) and its preset. */
export const QUALITY = { codec: 'libx264', crf: 22, preset: 'fast' } as const;
const AUDIO_RATE = 128_000;
/** A file may exceed what its bit rates allow by this factor: encoders hold them nearly, and containers list each sample. */
const OVERHEAD = 1.02;
/** Length of the decoder's buffer: by what it holds at this rate, bursts may exceed the rate, once in a file. In seconds. */
const BUFFER_SECONDS = 2;
/** Length of an HLS segment in seconds; a key frame begins each, at the same times in all renditions. */
export const SEGMENT_SECONDS = 4;

/** A subtitle that becomes a WebVTT file and a track: embedded in the movie, or a file beside it. */
export interface SubtitleSource {
  readonly language: string;
  /** Undefined when it is embedded. */
  readonly file: string | undefined;
  /** Of an embedded one. */
  readonly stream: SubtitleStream | undefined;
  /** Of the WebVTT file, without extension. */
  readonly name: string;
}

/** One that is a file beside the movie. */
export type SubtitleFile = SubtitleSource & { readonly file: string };

export interface MovieCommand {
  readonly input: string;
  /** Where all results go. */
  readonly folder: string;
  readonly probe: Probe;
  readonly renditions: readonly Rendition[];
  readonly subtitles: readonly SubtitleSource[];
}

/**
 * Arguments of the one ffmpeg process that makes everything from one decode of the source: each rendition is encoded
 * once and written twice (fast-start MP4; fragmented MP4 with an HLS playlist), the audio is encoded once for all; the
 * WebVTT files and the poster come along.
 */
export function movieArguments({ input, folder, probe, renditions, subtitles }: MovieCommand): string[] {
  const sidecars = subtitles.flatMap(({ file }) => (file === undefined ? [] : [file]));
  const sourceOf = ({ file, stream }: SubtitleSource): string =>
    file === undefined ? `0:s:${stream?.position ?? 0}` : `${sidecars.indexOf(file) + 1}:s:0`;
  return [
    ...['-hide_banner', '-nostdin', '-y', '-v', 'error', '-progress', 'pipe:1', '-nostats'],
    ...[...SAFE_INPUT, '-max_pixels', String(MAX_MOVIE_PIXELS), '-i', input],
    ...sidecars.flatMap((file) => [...SAFE_SUBTITLES, '-i', file]),
    ...['-filter_complex', filterGraph(probe, renditions)],
    ...['-map', '[poster]', '-frames:v', '2', '-fps_mode', 'passthrough', '-q:v', '3', '-update', '1'],
    path.join(folder, 'poster.jpg'),
    ...renditions.flatMap((_, i) => ['-map', `[v${i}]`]),
    ...(probe.hasAudio ? ['-map', '0:a:0', '-c:a', 'aac', '-b:a', String(AUDIO_RATE), '-ac', '2'] : []),
    ...subtitles.flatMap((subtitle) => ['-map', sourceOf(subtitle)]),
    ...(subtitles.length > 0 ? ['-c:s', 'mov_text'] : []),
    ...subtitles.flatMap(({ language }, i) => [`-metadata:s:s:${i}`, `language=${language}`]),
    ...videoOptions(renditions),
    ...['-map_metadata', '-1', '-map_chapters', '-1', '-flags', '+global_header'],
    ...[
      '-f',
      'tee',
      renditions.map((rendition, i) => teeOutputs(rendition, i, folder, probe, subtitles)).join('|'),
    ],
    ...subtitles.flatMap((subtitle) => [
      '-map',
      sourceOf(subtitle),
      '-c:s',
      'webvtt',
      path.join(folder, `${subtitle.name}.vtt`),
    ]),
  ];
}

/**
 * The largest file that may come of a rendition, in bytes. x264 bounds the rate by the decoder's buffer (ITU-T H.264, annex
 * C), which is a bound of the average: noise that it cannot compress came to the rate and 0.4 of the buffer.
 */
export function maxFileBytes({ maxRate }: Rendition, durationSeconds: number): number {
  const bits = (maxRate + AUDIO_RATE) * durationSeconds + maxRate * BUFFER_SECONDS;
  return (bits / 8) * OVERHEAD;
}

/**
 * One decode, scaled once to the largest rendition, of which the smaller ones and the poster are made: to scale each from a
 * source of 4K took a sixth of the processor time. The poster is the first frame, replaced by one from a tenth of the movie
 * on where there is one, 720 pixels wide at most.
 */
function filterGraph({ durationSeconds, video }: Probe, renditions: readonly Rendition[]): string {
  const [largest = '', ...smaller] = renditions.map(
    ({ width, height }) => `scale=${width}:${height}:flags=bicubic,setsar=1`,
  );
  const heads = smaller.map((_, i) => `[s${i + 1}]`).join('');
  const posterWidth = Math.min(720, video?.width ?? 720);
  const posterAt = (durationSeconds / 10).toFixed(3);
  return [
    // A cover is a video stream as well, and may come first.
    `[0:${video?.index ?? 0}]${largest},format=yuv420p,split=${renditions.length + 1}[v0]${heads}[p]`,
    ...smaller.map((scaled, i) => `[s${i + 1}]${scaled}[v${i + 1}]`),
    `[p]select='eq(n,0)+gte(t,${posterAt})',scale=${posterWidth}:-2,setsar=1,format=yuvj420p[poster]`,
  ].join(';');
}

function videoOptions(renditions: readonly Rendition[]): string[] {
  const { codec, crf, preset } = QUALITY;
  return [
    ...['-c:v', codec, '-crf', String(crf), '-preset', preset, '-profile:v', 'high'],
    ...['-force_key_frames', `expr:gte(t,n_forced*${SEGMENT_SECONDS})`, '-sc_threshold', '0'],
    ...renditions.flatMap(({ maxRate }, i) => [
      `-maxrate:v:${i}`,
      String(maxRate),
      `-bufsize:v:${i}`,
      String(BUFFER_SECONDS * maxRate),
    ]),
  ];
}

/** The two files of a rendition. Paths hold no character that the tee muxer would take for its own. */
function teeOutputs(
  { name }: Rendition,
  position: number,
  folder: string,
  { hasAudio }: Probe,
  subtitles: readonly SubtitleSource[],
): string {
  const streams = [`v:${position}`, ...(hasAudio ? ['a'] : [])];
  const withSubtitles = [...streams, ...(subtitles.length > 0 ? ['s'] : [])];
  const mp4 = `[select=\\'${withSubtitles.join(',')}\\':f=mp4:movflags=+faststart]${path.join(folder, `${name}.mp4`)}`;
  const hls =
    `[select=\\'${streams.join(',')}\\':f=hls:hls_time=${SEGMENT_SECONDS}:hls_playlist_type=vod:hls_segment_type=fmp4` +
    `:hls_flags=single_file:hls_segment_filename=${path.join(folder, `${name}.m4s`)}]${path.join(folder, `${name}.m3u8`)}`;
  return `${mp4}|${hls}`;
}
