import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { Upload } from '../events/upload';
import { decodeListed } from '../objects/listing';
import { deleteUnnamed } from './editions';
import { processedKey } from './keys';
import type { Limit } from './limit';
import { MOVIE } from './movie';
import { findMadeMovie } from './movie-manifest';
import type { Processor, ProcessorContext } from './processor';
import { remake, type RemakeOptions } from './remake';
import { resultsOf } from './results';
import { movedSidecars, SIDECAR, stemOf } from './sidecars';

export interface LateSubtitlesOptions extends RemakeOptions {
  /** How many movies are remade at a time. */
  readonly limit: Limit;
  /** Moves an upload. */
  readonly move: Processor;
}

type Movie = Pick<Upload, 'bucket' | 'key'>;

/**
 * A processor that moves a subtitle file, and then adds it to the movies of that name that are made already. A movie that
 * is not finds it by itself.
 */
export function subtitleProcessor(options: LateSubtitlesOptions): Processor {
  return {
    name: 'subtitle',
    accepts: ({ key }) => SIDECAR.test(key),
    async process(upload, context) {
      await options.move.process(upload, context);
      for (const movie of await moviesBeside(options, upload, context.signal))
        await addLateSubtitles(options, movie, context);
    },
  };
}

/** Moves a movie, after it got the subtitle files that came while it was made. */
export function movingWithSubtitles(options: LateSubtitlesOptions): Processor {
  const { move } = options;
  return {
    ...move,
    async process(upload, context) {
      await addLateSubtitles(options, upload, context);
      await move.process(upload, context);
    },
  };
}

/**
 * Gives the results of a movie the subtitle files that were moved since, and deletes what earlier tries left. Nothing is
 * made when it is not made yet, or has them all.
 *
 * It is called when a subtitle file has been moved, and when a movie's manifest has been written: whichever comes second
 * finds the other. Both may; then the manifest's condition lets one of them do it.
 */
async function addLateSubtitles(
  options: LateSubtitlesOptions,
  movie: Movie,
  context: ProcessorContext,
): Promise<void> {
  const { signal } = context;
  const moved = await movedSidecars(options, movie, signal);
  if (moved.length === 0) return;
  const results = resultsOf(movie, options);
  await options.limit.run([signal], async () => {
    const made = await findMadeMovie(options.s3, results, signal);
    if (made === undefined) return;
    const { prefix, sidecars } = made.manifest;
    const late = moved.filter(({ key, version }) =>
      sidecars.every((known) => known.key !== key || known.version !== version),
    );
    if (late.length > 0) await remake(options, made, late, context);
    await deleteUnnamed(options.s3, results, prefix, signal);
  });
}

/** The movies of a subtitle file's name that lie where movies go when they are made. */
async function moviesBeside(
  { s3, ...prefixes }: LateSubtitlesOptions,
  { bucket, key }: Upload,
  signal: AbortSignal,
): Promise<Movie[]> {
  const stem = processedKey({ key: stemOf(key) }, prefixes);
  const pages = paginateListObjectsV2(
    { client: s3 },
    // Keys may hold characters that XML cannot.
    { Bucket: bucket, Prefix: `${stem}.`, Delimiter: '/', EncodingType: 'url' },
    { abortSignal: signal },
  );
  const movies: Movie[] = [];
  for await (const { CommonPrefixes = [] } of pages) {
    for (const { Prefix = '' } of CommonPrefixes) {
      const folder = decodeListed(Prefix).slice(0, -1);
      if (MOVIE.test(folder) && stemOf(folder) === stem)
        movies.push({ bucket, key: prefixes.uploadsPrefix + folder.slice(prefixes.processedPrefix.length) });
    }
  }
  return movies;
}
