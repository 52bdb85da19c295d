import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { readManifest, type CurrentManifest } from './manifest';
import type { Provenance } from './provenance';
import { isResultOf, type ResultsOf } from './results';

/** The name of a result becomes part of a local path. */
const fileName = z.string().regex(/^\w[\w.-]*$/u);

/** What of a movie's manifest is read again; the rest stays as it is. */
const movieManifest = z.looseObject({
  kind: z.literal('movie'),
  prefix: z.string(),
  durationSeconds: z.number(),
  renditions: z.array(z.looseObject({ name: fileName, file: fileName })).min(1),
  subtitles: z.array(z.object({ language: z.string().regex(/^[a-z]{2,3}$/u), file: fileName })),
  /** Earlier workers did not list them. */
  sidecars: z
    .array(z.object({ key: z.string(), version: z.string(), file: fileName.optional() }))
    .default([]),
  playlist: fileName,
  skipped: z.array(z.object({ what: z.string(), why: z.string() })),
  files: z.array(z.object({ key: z.string(), contentType: z.string(), size: z.number() })),
});
export type MovieManifest = Readonly<z.infer<typeof movieManifest>>;

/** A movie whose results are there. */
export interface MadeMovie {
  readonly results: ResultsOf;
  readonly source: Provenance;
  readonly current: CurrentManifest;
  readonly manifest: MovieManifest;
}

/** Undefined where no movie was made. */
export async function findMadeMovie(
  s3: S3Client,
  results: ResultsOf,
  signal: AbortSignal,
): Promise<MadeMovie | undefined> {
  const current = await readManifest(s3, results, signal);
  const manifest = movieManifest.safeParse(current?.content).data;
  if (current?.source === undefined || manifest === undefined) return undefined;
  // A manifest may have been uploaded by someone, and name the results of others.
  if (!isResultOf(results, `${manifest.prefix}x`)) return undefined;
  return { results, source: current.source, current, manifest };
}
