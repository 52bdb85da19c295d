import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CompletedPart,
  type CompleteMultipartUploadCommandInput,
  type CreateMultipartUploadCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { inParallel } from './parallel';

/** S3 takes up to 10,000 parts in a multipart upload. */
const MAX_PARTS = 10_000;

/** A part of an object: from its first to its last byte. */
export interface PartRange {
  readonly first: number;
  readonly last: number;
}

/** What S3 knows a part by. */
export interface PartName {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
  readonly PartNumber: number;
}

/** An object that is put together in S3. */
export interface ObjectInParts {
  readonly target: { readonly Bucket: string; readonly Key: string };
  /** What it is to have besides its bytes. */
  readonly create: Omit<CreateMultipartUploadCommandInput, 'Bucket' | 'Key'>;
  /** On which condition it appears; else the upload fails with 412. @default none */
  readonly condition?: Pick<CompleteMultipartUploadCommandInput, 'IfMatch' | 'IfNoneMatch'>;
  readonly size: number;
  /** Bytes of a part; S3 wants 5 MiB to 5 GiB. */
  readonly partSize: number;
  /** Parts sent at a time. */
  readonly concurrency: number;
  /** Sends a part, and answers with what S3 said of it. */
  readonly sendPart: (range: PartRange, name: PartName) => Promise<Omit<CompletedPart, 'PartNumber'>>;
}

/** Bytes of a part, more where 10,000 parts would not do. */
export function partSizeFor(size: number, partSize: number): number {
  return Math.max(partSize, Math.ceil(size / MAX_PARTS));
}

/** Puts an object together of parts that are sent side by side; when one fails, all that was sent is given up. */
export async function putInParts(
  s3: S3Client,
  object: ObjectInParts,
  abortSignal: AbortSignal,
): Promise<void> {
  const { target, create, condition, size, partSize, concurrency, sendPart } = object;
  const send = { abortSignal };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...target, ...create }), send);
  try {
    const Parts = await inParallel(partRanges(size, partSize), concurrency, async (range, index) => {
      const PartNumber = index + 1;
      return { PartNumber, ...(await sendPart(range, { ...target, UploadId, PartNumber })) };
    });
    const MultipartUpload = { Parts };
    await s3.send(
      new CompleteMultipartUploadCommand({ ...target, ...condition, UploadId, MultipartUpload }),
      send,
    );
  } catch (error) {
    // Where that fails as well, the bucket's lifecycle rule for incomplete uploads has to do.
    await s3.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined);
    throw error;
  }
}

function partRanges(size: number, partSize: number): PartRange[] {
  return Array.from({ length: Math.ceil(size / partSize) }, (_, index) => {
    const first = index * partSize;
    return { first, last: Math.min(size, first + partSize) - 1 };
  });
}
