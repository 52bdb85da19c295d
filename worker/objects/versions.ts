import {
  DeleteObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Upload } from '../events/upload';
import { isConflict, isMissing, isNotImplemented } from './errors';

/** The uploaded version as it is now: there, gone, or (in a bucket without versions) replaced by another upload. */
export type SourceState =
  | { readonly state: 'there'; readonly head: HeadObjectCommandOutput }
  | { readonly state: 'gone' }
  | { readonly state: 'replaced' };

export async function findUpload(s3: S3Client, upload: Upload, signal: AbortSignal): Promise<SourceState> {
  const head = await headObject(s3, upload.bucket, upload.key, signal, upload.versionId);
  if (head === undefined) return { state: 'gone' };
  if (upload.versionId === undefined && head.ETag !== `"${upload.eTag}"`) return { state: 'replaced' };
  return { state: 'there', head };
}

/** Undefined when there is no such object, or no such version of it. */
export async function headObject(
  s3: S3Client,
  bucket: string,
  key: string,
  signal: AbortSignal,
  versionId?: string,
): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }), {
      abortSignal: signal,
    });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Deletes the uploaded version and never a newer one: by its version id, or where the bucket is not versioned, on the
 * condition that the object still has the upload's ETag. Nothing happens when it is gone or replaced.
 */
export async function deleteUpload(s3: S3Client, upload: Upload, signal: AbortSignal): Promise<void> {
  const target = { Bucket: upload.bucket, Key: upload.key };
  const send = { abortSignal: signal };
  if (upload.versionId !== undefined) {
    await s3.send(new DeleteObjectCommand({ ...target, VersionId: upload.versionId }), send);
    return;
  }
  try {
    await s3.send(new DeleteObjectCommand({ ...target, IfMatch: `"${upload.eTag}"` }), send);
  } catch (error) {
    if (isMissing(error) || isConflict(error)) return;
    if (!isNotImplemented(error)) throw error;
    // LocalStack 4.14 knows no conditional DeleteObject: look first, the best that can be done there.
    const { state } = await findUpload(s3, upload, signal);
    if (state === 'there') await s3.send(new DeleteObjectCommand(target), send);
  }
}
