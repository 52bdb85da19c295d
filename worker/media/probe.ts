import * as z from 'zod';
import { NonRetryableError } from '../queue/errors';
import { runTool, ToolError } from './run';
import type { MediaTools } from './tools';

/**
 * Containers that are read. Playlists and the like are none: they would make ffmpeg open other files, which an upload
 * must never bring about.
 */
const CONTAINERS = 'mov,matroska,avi,mpegts,mpeg,flv,asf,ogg';
const IMAGES = 'image2,jpeg_pipe,png_pipe,webp_pipe,gif,bmp_pipe,tiff_pipe';

/**
 * Pixels that a picture may have: as many as cameras and phones take (16,320 × 12,240). A small file may stand for a
 * picture of any size, and ffmpeg holds it in memory as 1.5 (JPEG) to 8 bytes a pixel (PNG with 16 bits and alpha).
 */
export const MAX_PIXELS = 200_000_000;
/**
 * Pixels of a movie's picture, of which ffmpeg holds dozens at a time: the largest frame of H.264, level 6.2 (ITU-T H.264,
 * table A-1: 139,264 macroblocks of 16 × 16), which takes 8K (8,192 × 4,320).
 */
export const MAX_MOVIE_PIXELS = 139_264 * 256;

/** Options before every input: only local files, only formats that hold their own data, and no picture of any size. */
export const SAFE_INPUT = [...onlyFormats(`${CONTAINERS},${IMAGES}`), '-max_pixels', String(MAX_PIXELS)];
/** The same for a file of subtitles. */
export const SAFE_SUBTITLES = onlyFormats('srt,webvtt');

function onlyFormats(formats: string): readonly string[] {
  return ['-protocol_whitelist', 'file', '-format_whitelist', formats];
}

const stream = z.object({
  index: z.number(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  sample_aspect_ratio: z.string().optional(),
  duration: z.string().optional(),
  disposition: z.object({ attached_pic: z.number().optional() }).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
});
const report = z.object({
  streams: z.array(stream).default([]),
  format: z.object({ format_name: z.string(), duration: z.string().optional() }),
});

export interface VideoStream {
  /** Among all streams of the file, from 0. */
  readonly index: number;
  readonly codec: string;
  /** Of a picture as it is stored or shown, whichever is larger. */
  readonly pixels: number;
  /** As it is shown: rotation and pixel shape applied. */
  readonly width: number;
  readonly height: number;
}

export interface SubtitleStream {
  /** Among the subtitle streams, from 0. */
  readonly position: number;
  readonly codec: string;
  /** ISO 639-2, `und` where it is not said. */
  readonly language: string;
}

/** What a media file holds. */
export interface Probe {
  readonly format: string;
  /** Of the picture: sound or subtitles may go on for longer. Of the whole file where a picture does not say. */
  readonly durationSeconds: number;
  readonly video: VideoStream | undefined;
  readonly hasAudio: boolean;
  readonly subtitles: readonly SubtitleStream[];
}

/**
 * Looks into a file.
 *
 * @throws NonRetryableError when it is no media file, or a broken one
 */
export async function probe({ ffprobe }: MediaTools, file: string, signal: AbortSignal): Promise<Probe> {
  const lines: string[] = [];
  const args = ['-v', 'error', ...SAFE_INPUT, '-of', 'json', '-show_streams', '-show_format', file];
  try {
    await runTool(ffprobe, args, { signal, onLine: (line) => lines.push(line) });
  } catch (error) {
    if (error instanceof ToolError && !error.isPassing) {
      throw new NonRetryableError(`not a media file, or a broken one: ${error.message}`, { cause: error });
    }
    throw error;
  }
  const { streams, format } = report.parse(JSON.parse(lines.join('\n')));
  const video = streams.find((s) => s.codec_type === 'video' && s.disposition?.attached_pic !== 1);
  return {
    format: format.format_name,
    durationSeconds: durationOf(video) ?? Number(format.duration ?? 0),
    video: video && toVideo(video),
    hasAudio: streams.some((s) => s.codec_type === 'audio'),
    subtitles: streams
      .filter((s) => s.codec_type === 'subtitle')
      .map((s, position) => ({
        position,
        codec: s.codec_name ?? 'unknown',
        language: s.tags?.language ?? 'und',
      })),
  };
}

/** True for a file of subtitles with at least one text. */
export async function isSubtitleFile(
  { ffprobe }: MediaTools,
  file: string,
  signal: AbortSignal,
): Promise<boolean> {
  const lines: string[] = [];
  const args = ['-v', 'error', ...SAFE_SUBTITLES, '-of', 'csv=p=0', '-show_entries', 'packet=pts', file];
  try {
    await runTool(ffprobe, args, { signal, onLine: (line) => lines.push(line) });
  } catch (error) {
    if (error instanceof ToolError && !error.isPassing) return false;
    throw error;
  }
  return lines.length > 0;
}

/** Matroska has it in a tag, as `00:01:02.500000000`. */
function durationOf(video: z.infer<typeof stream> | undefined): number | undefined {
  if (video?.duration !== undefined) return Number(video.duration);
  const [, hours, minutes, seconds] = /^(\d+):(\d+):([\d.]+)$/u.exec(video?.tags?.DURATION ?? '') ?? [];
  return seconds === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function toVideo(video: z.infer<typeof stream>): VideoStream | undefined {
  const { width = 0, height = 0 } = video;
  if (width === 0 || height === 0) return undefined;
  const [numerator = 1, denominator = 1] = (video.sample_aspect_ratio ?? '1:1').split(':').map(Number);
  const pixelShape = numerator > 0 && denominator > 0 ? numerator / denominator : 1;
  const rotation = video.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  const shown = { width: width * pixelShape, height };
  const pixels = Math.max(width, shown.width) * height;
  const turned = Math.abs(rotation) % 180 === 90;
  return {
    index: video.index,
    codec: video.codec_name ?? 'unknown',
    pixels,
    width: Math.round(turned ? shown.height : shown.width),
    height: Math.round(turned ? shown.width : shown.height),
  };
}
