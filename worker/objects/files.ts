import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

/** S3 takes parts of at least 5 MiB, and up to 10,000 of them. */
const MIN_PART_SIZE = 5 * 1024 ** 2;
const MAX_PARTS = 10_000;

/** An object, or one version of it. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  /** Without quotes; a 412 when the object no longer has it. */
  readonly eTag?: string;
}

/** Streams an object into a file, at constant memory. */
export async function downloadFile(
  s3: S3Client,
  { bucket, key, versionId, eTag }: ObjectName,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { Body } = await s3.send(
    new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      VersionId: versionId,
      ...(eTag !== undefined && { IfMatch: `"${eTag}"` }),
    }),
    { abortSignal: signal },
  );
  if (!(Body instanceof Readable)) throw new TypeError(`S3 returned no stream for ${key}`);
  await pipeline(Body, createWriteStream(file), { signal });
}

/** Streams a file into an object, in parts when it is large, at constant memory. */
export async function uploadFile(
  s3: S3Client,
  { bucket, key }: ObjectName,
  file: string,
  contentType: string,
  signal: AbortSignal,
): Promise<number> {
  const { size } = await stat(file);
  const upload = new Upload({
    client: s3,
    params: { Bucket: bucket, Key: key, Body: createReadStream(file), ContentType: contentType },
    partSize: Math.max(MIN_PART_SIZE, Math.ceil(size / MAX_PARTS)),
    queueSize: 2,
  });
  const abort = (): void => void upload.abort();
  signal.addEventListener('abort', abort);
  try {
    signal.throwIfAborted();
    await upload.done();
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return size;
}
