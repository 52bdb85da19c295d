import { createHash, randomBytes } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { deleteKeys } from '../objects/delete';
import { listKeys } from '../objects/listing';
import { formatProvenance, type Provenance } from './provenance';
import type { ResultsOf } from './results';

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
 * Deletes what attempts at this version left that failed, were killed or came second. To be called when the manifest is
 * of this version or a newer one: none of them can be published any more, not even one that is under way.
 *
 * @param published the folder that the manifest names
 */
export async function deleteLeftovers(
  s3: S3Client,
  results: ResultsOf,
  { source, published }: { readonly source: Provenance; readonly published: string },
  signal: AbortSignal,
): Promise<void> {
  // Where nothing orders the versions, an older one may still come to be published.
  if (source.sequencer === undefined) return;
  const { bucket } = results;
  const keys = await listKeys(s3, { bucket, prefix: attemptsAt(results, source) }, signal);
  const stale = keys.filter((key) => !key.startsWith(published));
  await deleteKeys(s3, bucket, stale, signal);
}
