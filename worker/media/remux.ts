import path from 'node:path';
import type { SubtitleFile } from './command';
import { SAFE_INPUT, SAFE_SUBTITLES } from './probe';

export interface RemuxCommand {
  /** The renditions as they are, and as they are to be. */
  readonly movies: readonly { readonly input: string; readonly output: string }[];
  /** Positions among their subtitle tracks, from 0, of those that stay. */
  readonly kept: readonly number[];
  /** They become tracks behind those. */
  readonly added: readonly SubtitleFile[];
  /** Where the WebVTT files go. */
  readonly folder: string;
}

/**
 * Arguments of the ffmpeg process that gives renditions other subtitles: picture, sound and the tracks that stay are copied,
 * nothing is encoded; the WebVTT files come along.
 */
export function remuxArguments({ movies, kept, added, folder }: RemuxCommand): string[] {
  const sourceOf = (position: number): string => `${movies.length + position}:s:0`;
  return [
    ...['-hide_banner', '-nostdin', '-y', '-v', 'error'],
    ...movies.flatMap(({ input }) => [...SAFE_INPUT, '-i', input]),
    ...added.flatMap(({ file }) => [...SAFE_SUBTITLES, '-i', file]),
    ...movies.flatMap(({ output }, movie) => [
      ...['-map', `${movie}:v`, '-map', `${movie}:a?`],
      ...kept.flatMap((position) => ['-map', `${movie}:s:${position}`]),
      ...added.flatMap((_, position) => ['-map', sourceOf(position)]),
      ...['-c', 'copy'],
      ...added.flatMap(({ language }, position) => {
        const track = kept.length + position;
        return [`-c:s:${track}`, 'mov_text', `-metadata:s:s:${track}`, `language=${language}`];
      }),
      ...['-f', 'mp4', '-movflags', '+faststart', output],
    ]),
    ...added.flatMap(({ name }, position) => [
      ...['-map', sourceOf(position), '-c:s', 'webvtt'],
      path.join(folder, `${name}.vtt`),
    ]),
  ];
}
