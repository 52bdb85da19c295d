import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { deleteKeys } from '../objects/delete';
import { listKeys } from '../objects/listing';
import { readManifest, type CurrentManifest } from './manifest';
import type { ResultsOf } from './results';
import type { Sidecar } from './sidecars';

/**
 * Part of the names of what is new when a movie that is made gets subtitle files. Of its own for what is replaced, and by
 * what: what is made for a manifest that is not published is nobody else's.
 */
export function editionId(replaces: CurrentManifest, late: readonly Sidecar[]): string {
  const files = late.map(({ key, version }) => [key, version]);
  return `${basisOf(replaces)}-${hash(JSON.stringify(files))}`;
}

/**
 * Deletes from the folder of a movie's results what its manifest does not name: what tasks left that failed or were killed
 * between their first upload and their last delete. What is to replace this very manifest stays: some task may be about to
 * publish it.
 *
 * @param prefix the folder
 */
export async function deleteUnnamed(
  s3: S3Client,
  results: ResultsOf,
  prefix: string,
  signal: AbortSignal,
): Promise<void> {
  const { bucket } = results;
  // In this order: nothing that is listed can be for a manifest that comes after the one that is read.
  const keys = await listKeys(s3, { bucket, prefix }, signal);
  const current = await readManifest(s3, results, signal);
  if (current?.content?.prefix !== prefix) return;
  const named = new Set(current.content.files.map(({ key }) => key));
  const underWay = `-${basisOf(current)}-`;
  const unnamed = keys.filter((key) => !named.has(key) && !key.slice(prefix.length).includes(underWay));
  await deleteKeys(s3, bucket, unnamed, signal);
}

/** Of the manifest that an edition is to replace. */
function basisOf({ eTag = '' }: CurrentManifest): string {
  return hash(eTag);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
