import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { deleteKeys } from '../objects/delete';
import { isConflict, isMissing } from '../objects/errors';
import { formatProvenance, PROVENANCE, readProvenance, type Provenance } from './provenance';
import { isResultOf, type ResultsOf } from './results';

/** What every manifest says, whatever it is of: the folder of the results, the one before, and the results' keys. */
const manifestSchema = z.looseObject({
  prefix: z.string(),
  replaced: z.string().optional(),
  files: z.array(z.looseObject({ key: z.string() })),
});
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

/** A manifest as it was looked at. */
export interface CurrentManifest {
  readonly eTag: string | undefined;
  /** What its results were made from. Undefined when it does not say. */
  readonly source: Provenance | undefined;
  /** Undefined when it is none of ours. */
  readonly content: Manifest | undefined;
}

export function manifestKey({ base }: ResultsOf): string {
  return `${base}/manifest.json`;
}

/** Undefined when there is none. */
export async function readManifest(
  s3: S3Client,
  results: ResultsOf,
  abortSignal: AbortSignal,
): Promise<CurrentManifest | undefined> {
  try {
    const { Body, ETag, Metadata } = await s3.send(
      new GetObjectCommand({ Bucket: results.bucket, Key: manifestKey(results) }),
      { abortSignal },
    );
    const content = parse((await Body?.transformToString()) ?? '');
    return { eTag: ETag, source: readProvenance(Metadata), content };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function parse(text: string): Manifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Writes a manifest in place of the one that was looked at, and deletes what only that one names. False, and nothing is
 * done, when it is not there any more.
 */
export async function publish(
  s3: S3Client,
  results: ResultsOf,
  { manifest, source, replaces }: Publication,
  abortSignal: AbortSignal,
): Promise<boolean> {
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: results.bucket,
        Key: manifestKey(results),
        Body: `${JSON.stringify(manifest, null, 2)}\n`,
        ContentType: 'application/json',
        Metadata: { [PROVENANCE]: formatProvenance(source) },
        ...(replaces === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaces.eTag }),
      }),
      { abortSignal },
    );
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
  if (replaces?.content !== undefined)
    await deleteStale(s3, results, replaces.content, manifest, abortSignal);
  return true;
}

export interface Publication {
  readonly manifest: Manifest;
  /** What its results were made from. */
  readonly source: Provenance;
  /** Undefined when there was none. */
  readonly replaces: CurrentManifest | undefined;
}

/** Deletes what was made for a manifest that is not published, since another one came before. */
export async function discard(
  s3: S3Client,
  results: ResultsOf,
  manifest: Manifest,
  abortSignal: AbortSignal,
): Promise<void> {
  const current = await readManifest(s3, results, abortSignal);
  await deleteStale(s3, results, manifest, current?.content, abortSignal);
}

/**
 * Deletes the files of one manifest that the one that counts does not name. Only what can have been made for this upload
 * goes: a manifest may have been uploaded by someone, and name the results of others.
 */
async function deleteStale(
  s3: S3Client,
  results: ResultsOf,
  { files }: Manifest,
  current: Manifest | undefined,
  abortSignal: AbortSignal,
): Promise<void> {
  const kept = new Set(current?.files.map(({ key }) => key));
  const stale = files.map(({ key }) => key).filter((key) => isResultOf(results, key) && !kept.has(key));
  await deleteKeys(s3, results.bucket, stale, abortSignal);
}
