import { createHash, randomBytes } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { deleteKeys } from '../objects/delete';
import { listKeys } from '../objects/listing';
import type { Manifest } from './manifest';
import { formatProvenance, type Provenance } from './provenance';
import { isResultOf, type ResultsOf } from './results';

/**
 * A folder for the results of one attempt at a version, which no other attempt writes to: the bytes of an encoder differ
 * from machine to machine, so files of two attempts make no set.
 */
export function newAttempt(results: ResultsOf, source: Provenance): string {
  return `${attemptsAt(results, source)}-${randomBytes(4).toString('hex')}/`;
}

/** What the folders of all attempts at a version begin with. */
function attemptsAt({ base }: ResultsOf, source: Provenance): string {
  const version = createHash('sha256').update(formatProvenance(source)).digest('hex').slice(0, 12);
  return `${base}/${version}`;
}

/**
 * Deletes what attempts at this version left that failed, were killed or came second, and what the published results took
 * the place of, should their attempt not have come to that. To be called when the manifest is of this version or a newer
 * one: none of it can be published any more, not even an attempt that is under way.
 */
export async function deleteLeftovers(
  s3: S3Client,
  results: ResultsOf,
  { source, published: { prefix, replaced } }: { readonly source: Provenance; readonly published: Manifest },
  signal: AbortSignal,
): Promise<void> {
  const { bucket } = results;
  const places: string[] = [];
  // Where nothing orders the versions, an older one may still come to be published.
  if (source.sequencer !== undefined) places.push(attemptsAt(results, source));
  // A manifest may have been uploaded by someone, and name the results of others.
  if (replaced !== undefined && isResultOf(results, `${replaced}x`)) places.push(replaced);
  for (const place of places) {
    const keys = await listKeys(s3, { bucket, prefix: place }, signal);
    const stale = keys.filter((key) => !key.startsWith(prefix));
    await deleteKeys(s3, bucket, stale, signal);
  }
}
