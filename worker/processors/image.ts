import path from 'node:path';
import { MAX_PIXELS, probe, SAFE_INPUT, type VideoStream } from '../media/probe';
import { runTool, ToolError } from '../media/run';
import type { MediaTools } from '../media/tools';
import { NonRetryableError } from '../queue/errors';
import type { Derived, DeriveWork } from './derive';

/** Names of uploads that are taken for images. */
export const IMAGE = /\.(?:jpe?g|png|webp|gif|bmp|tiff?)$/iu;

type Size = Pick<VideoStream, 'width' | 'height'>;

/** The longer side of a thumbnail, in pixels; smaller images keep their size. */
const LONGER_SIDE = 320;

/**
 * Makes a thumbnail of an image, as the image is shown: ffmpeg applies the orientation that a camera notes in EXIF. ffprobe
 * does not tell it, so the image's own size is turned where the thumbnail was.
 *
 * @throws NonRetryableError when the file is no image, or a broken one
 */
export async function makeThumbnail(
  tools: MediaTools,
  { input, folder, signal }: DeriveWork,
): Promise<Derived> {
  const { video } = await probe(tools, input, signal);
  if (video === undefined)
    throw new NonRetryableError(`it holds no picture, or one of more than ${MAX_PIXELS} pixels`);
  const fit = `scale='min(${LONGER_SIDE},iw)':'min(${LONGER_SIDE},ih)':force_original_aspect_ratio=decrease`;
  const output = ['-frames:v', '1', '-vf', `${fit},format=yuvj420p`, '-map_metadata', '-1', '-update', '1'];
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-y',
    ...SAFE_INPUT,
    '-i',
    input,
    ...output,
    path.join(folder, 'thumbnail.jpg'),
  ];
  try {
    await runTool(tools.ffmpeg, args, { signal });
  } catch (error) {
    if (error instanceof ToolError && !error.isPassing) {
      throw new NonRetryableError(`it cannot be decoded: ${error.message}`, { cause: error });
    }
    throw error;
  }
  const { video: made } = await probe(tools, path.join(folder, 'thumbnail.jpg'), signal);
  const shown = made !== undefined && isUpright(made) !== isUpright(video) ? turned(video) : video;
  return {
    files: [{ name: 'thumbnail.jpg', contentType: 'image/jpeg' }],
    manifest: {
      kind: 'image',
      width: shown.width,
      height: shown.height,
      thumbnail: { file: 'thumbnail.jpg', width: made?.width, height: made?.height },
    },
  };
}

function isUpright({ width, height }: Size): boolean {
  return height > width;
}

function turned({ width, height }: Size): Size {
  return { width: height, height: width };
}
