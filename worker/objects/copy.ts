import {
  CopyObjectCommand,
  GetObjectTaggingCommand,
  UploadPartCopyCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { partSizeFor, putInParts } from './multipart';

const GiB = 1024 ** 3;

/** One version of an object, to copy from. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  /** Without quotes; the copy fails with 412 when the object no longer has it. */
  readonly eTag: string;
  /** What HeadObject said of it. */
  readonly head: HeadObjectCommandOutput;
}

export interface CopyDestination {
  readonly bucket: string;
  readonly key: string;
  /** ETag of the object to replace; undefined when there must be none. Otherwise the copy fails with 412. */
  readonly replaces: string | undefined;
  /** User metadata beside the source's. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface CopyOptions {
  /**
   * Objects of more bytes are copied in parts. CopyObject refuses more than 5 GiB.
   * @default 1 GiB, because parts are copied side by side
   */
  readonly multipartThreshold?: number;
  /** Bytes of a part, at most 5 GiB. @default 256 MiB, more where 10,000 parts would not do */
  readonly partSize?: number;
  /** Parts copied at a time. @default 8 */
  readonly concurrency?: number;
}

/**
 * Copies an object inside S3, of any size: metadata, content type and tags are kept, no byte passes through here.
 *
 * @throws S3ServiceException with status 412 or 409 when the source or the destination changed meanwhile.
 */
export async function copyObject(
  s3: S3Client,
  source: CopySource,
  destination: CopyDestination,
  signal: AbortSignal,
  options: CopyOptions = {},
): Promise<void> {
  const size = source.head.ContentLength ?? 0;
  if (size > (options.multipartThreshold ?? GiB))
    await copyInParts(s3, source, destination, size, signal, options);
  else {
    await s3.send(
      new CopyObjectCommand({
        ...target(destination),
        ...keptHeaders(source.head),
        ...from(source),
        ...condition(destination),
        MetadataDirective: 'REPLACE',
        Metadata: { ...source.head.Metadata, ...destination.metadata },
        TaggingDirective: 'COPY',
      }),
      { abortSignal: signal },
    );
  }
}

async function copyInParts(
  s3: S3Client,
  source: CopySource,
  destination: CopyDestination,
  size: number,
  signal: AbortSignal,
  options: CopyOptions,
): Promise<void> {
  await putInParts(
    s3,
    {
      target: target(destination),
      create: {
        ...keptHeaders(source.head),
        Metadata: { ...source.head.Metadata, ...destination.metadata },
        Tagging: await tagsOf(s3, source, signal),
      },
      condition: condition(destination),
      size,
      partSize: partSizeFor(size, options.partSize ?? GiB / 4),
      concurrency: options.concurrency ?? 8,
      async sendPart({ first, last }, name) {
        const CopySourceRange = `bytes=${first}-${last}`;
        const part = await s3.send(new UploadPartCopyCommand({ ...name, ...from(source), CopySourceRange }), {
          abortSignal: signal,
        });
        return { ETag: part.CopyPartResult?.ETag };
      },
    },
    signal,
  );
}

function target({ bucket, key }: CopyDestination): { Bucket: string; Key: string } {
  return { Bucket: bucket, Key: key };
}

function from({ bucket, key, versionId, eTag }: CopySource): {
  CopySource: string;
  CopySourceIfMatch: string;
} {
  const path = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  return {
    CopySource: versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`,
    CopySourceIfMatch: `"${eTag}"`,
  };
}

function condition({ replaces }: CopyDestination): { IfMatch: string } | { IfNoneMatch: '*' } {
  return replaces === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaces };
}

/** What a copy with new metadata would lose unless it is said again. */
function keptHeaders(head: HeadObjectCommandOutput) {
  const expires = new Date(head.ExpiresString ?? NaN);
  return {
    ContentType: head.ContentType,
    ContentEncoding: head.ContentEncoding,
    ContentDisposition: head.ContentDisposition,
    ContentLanguage: head.ContentLanguage,
    CacheControl: head.CacheControl,
    WebsiteRedirectLocation: head.WebsiteRedirectLocation,
    StorageClass: head.StorageClass,
    ...(!Number.isNaN(expires.getTime()) && { Expires: expires }),
  };
}

/** As CreateMultipartUpload takes them: a URL query. */
async function tagsOf(
  s3: S3Client,
  { bucket, key, versionId }: CopySource,
  abortSignal: AbortSignal,
): Promise<string> {
  const { TagSet = [] } = await s3.send(
    new GetObjectTaggingCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
    {
      abortSignal,
    },
  );
  return TagSet.map(
    ({ Key = '', Value = '' }) => `${encodeURIComponent(Key)}=${encodeURIComponent(Value)}`,
  ).join('&');
}
