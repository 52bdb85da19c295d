import { createWriteStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, PutObjectCommand, UploadPartCommand, type S3Client } from '@aws-sdk/client-s3';
import { partSizeFor, putInParts } from './multipart';

/** S3 takes parts of 5 MiB or more; larger ones would only take more memory. */
const PART_SIZE = 5 * 1024 ** 2;
const PARTS_AT_A_TIME = 2;

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

/**
 * Streams a file into an object, in parts when it is large, at constant memory: each part that is under way has a buffer,
 * which the next one uses again.
 *
 * @returns the file's size, in bytes
 */
export async function uploadFile(
  s3: S3Client,
  { bucket, key }: ObjectName,
  file: string,
  contentType: string,
  signal: AbortSignal,
): Promise<number> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const target = { Bucket: bucket, Key: key };
  const send = { abortSignal: signal };
  if (size <= PART_SIZE) {
    const Body = await handle.readFile();
    await s3.send(new PutObjectCommand({ ...target, Body, ContentType: contentType }), send);
    return size;
  }
  const partSize = partSizeFor(size, PART_SIZE);
  const free: Buffer[] = [];
  await putInParts(
    s3,
    {
      target,
      create: { ContentType: contentType, ChecksumAlgorithm: 'CRC32' },
      size,
      partSize,
      concurrency: PARTS_AT_A_TIME,
      async sendPart({ first, last }, name) {
        const buffer = free.pop() ?? Buffer.allocUnsafeSlow(partSize);
        const Body = buffer.subarray(0, last + 1 - first);
        await readAt(handle, first, Body);
        const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ ...name, Body }), send);
        free.push(buffer);
        return { ETag, ChecksumCRC32 };
      },
    },
    signal,
  );
  return size;
}

/** Fills the buffer from a place of the file on. */
async function readAt(handle: FileHandle, start: number, buffer: Buffer): Promise<void> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) throw new Error(`the file ends at ${start + filled} bytes: it became shorter`);
    filled += bytesRead;
  }
}
