import type { S3Client } from '@aws-sdk/client-s3';
import type { MediaTools } from '../media/tools';
import { derivingProcessor } from './derive';
import { IMAGE, makeThumbnail } from './image';
import type { Prefixes } from './keys';
import { movingWithSubtitles, subtitleProcessor } from './late-subtitles';
import { Limit } from './limit';
import { moveProcessor } from './move';
import { makeMovie, MOVIE } from './movie';
import type { Processor } from './processor';
import type { Scratch } from './scratch';

export interface ProcessorsOptions extends Prefixes {
  readonly s3: S3Client;
  /** True to make every rendition of a movie, whatever its size. */
  readonly upscale: boolean;
  readonly scratch: Scratch;
  /** Undefined where there is no ffmpeg: movies and images are then moved as any other file. */
  readonly tools: MediaTools | undefined;
}

/** Every processor, in the order in which they are asked whether they accept an upload. Adding one is one line. */
export function allProcessors(options: ProcessorsOptions): readonly Processor[] {
  const { tools } = options;
  const move = moveProcessor(options);
  if (tools === undefined) return [move];
  const common = { ...options, move };
  // ffmpeg uses every core for a movie; images are small.
  const [one, few] = [new Limit(1), new Limit(4)];
  const late = { ...common, tools, limit: few };
  return [
    derivingProcessor({
      ...common,
      name: 'movie',
      limit: one,
      move: movingWithSubtitles(late),
      accepts: ({ key }) => MOVIE.test(key),
      make: (work) => makeMovie({ ...options, tools }, work),
    }),
    derivingProcessor({
      ...common,
      name: 'image',
      limit: few,
      accepts: ({ key }) => IMAGE.test(key),
      make: (work) => makeThumbnail(tools, work),
    }),
    subtitleProcessor(late),
    move,
  ];
}
