import type { VideoStream } from './probe';

/** A size that movies are offered in. `lines` is the length of the shorter side: of the height, unless it stands upright. */
interface Target {
  readonly lines: number;
  /** Bound of the video's bit rate, in bits per second. */
  readonly maxRate: number;
}

const TARGETS: readonly Target[] = [
  { lines: 1080, maxRate: 6_000_000 },
  { lines: 720, maxRate: 3_500_000 },
];

export interface Rendition {
  /** `1080p` */
  readonly name: string;
  /** Even numbers, as H.264 with 4:2:0 needs them. */
  readonly width: number;
  readonly height: number;
  readonly maxRate: number;
}

export interface Skipped {
  readonly what: string;
  readonly why: string;
}

export interface RenditionPlan {
  /** One or more, the largest first. */
  readonly renditions: readonly Rendition[];
  readonly skipped: readonly Skipped[];
}

/**
 * Which renditions a movie gets: each target that its picture is large enough for; its own size where it is smaller than
 * all of them.
 *
 * @param upscale true to make every target, whatever the picture's size
 */
export function planRenditions(
  video: Pick<VideoStream, 'width' | 'height'>,
  upscale: boolean,
): RenditionPlan {
  const lines = Math.min(video.width, video.height);
  // A picture of an odd size loses a line to become even: that is no reason to skip its own size.
  const fits = (target: Target): boolean => upscale || lines >= target.lines - 1;
  const chosen = TARGETS.filter(fits);
  const skipped = TARGETS.filter((target) => !fits(target)).map((target) => ({
    what: `${target.lines}p`,
    why: `the source has ${lines} lines, and nothing is upscaled`,
  }));
  const smallest = TARGETS.at(-1)?.maxRate ?? 0;
  const own = { lines: even(lines), maxRate: smallest };
  return { renditions: (chosen.length > 0 ? chosen : [own]).map((target) => sized(video, target)), skipped };
}

function sized(
  { width, height }: Pick<VideoStream, 'width' | 'height'>,
  { lines, maxRate }: Target,
): Rendition {
  const factor = lines / Math.min(width, height);
  const upright = height > width;
  return {
    name: `${lines}p`,
    width: upright ? even(lines) : even(width * factor),
    height: upright ? even(height * factor) : even(lines),
    maxRate,
  };
}

function even(length: number): number {
  return Math.max(2, 2 * Math.round(length / 2 - 0.25));
}
