import { DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';

/** S3 deletes so many objects in one call. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MOST_DELETED = 1000;

/** Deletes objects; one that is gone already is no error. */
export async function deleteKeys(
  s3: S3Client,
  bucket: string,
  keys: readonly string[],
  abortSignal: AbortSignal,
): Promise<void> {
  for (let from = 0; from < keys.length; from += MOST_DELETED) {
    const Objects = keys.slice(from, from + MOST_DELETED).map((Key) => ({ Key }));
    await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }), {
      abortSignal,
    });
  }
}
