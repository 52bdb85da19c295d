import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';

/** S3 deletes so many objects in one call. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MOST_DELETED = 1000;
/** What XML can hold, in which a list of keys is sent; keys may hold more. Source: https://www.w3.org/TR/xml/#charsets */
const XML = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

/**
 * Deletes objects; one that is gone already is no error.
 *
 * @throws Error naming the first one that S3 kept: it answers 200 all the same
 */
export async function deleteKeys(
  s3: S3Client,
  bucket: string,
  keys: readonly string[],
  abortSignal: AbortSignal,
): Promise<void> {
  const listed = keys.filter((key) => XML.test(key));
  for (const Key of keys.filter((key) => !XML.test(key)))
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }), { abortSignal });
  for (let from = 0; from < listed.length; from += MOST_DELETED) {
    const Objects = listed.slice(from, from + MOST_DELETED).map((Key) => ({ Key }));
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
      { abortSignal },
    );
    const [first] = Errors;
    if (first !== undefined)
      throw new Error(
        `${Errors.length} of ${Objects.length} objects were not deleted, ${first.Key} first: ${first.Code} ${first.Message}`,
      );
  }
}
