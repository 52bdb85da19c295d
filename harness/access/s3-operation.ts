import * as model from '@aws-sdk/client-s3';

import type { Call } from '../edge/call';

/** One object, or one version of it. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** A request to S3, taken apart. */
export interface S3Request {
  /** S3's name of the operation, e.g. `GetObjectTagging`. */
  readonly operation: string;
  /** Empty for a request to the service itself. */
  readonly bucket: string;
  /** Decoded; empty for a request to a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Call['headers'];
}

/** The kind of an operation's schema. Source: @smithy/types, StaticSchemaIdOperation. */
const operationKind = 9;

/** `GET object tagging` → `GetObjectTagging`, for all that a parameter of the query marks; from S3's own model in the SDK. */
const marked = new Map<string, string>(
  Object.values(model).flatMap((exported: unknown) => {
    if (!Array.isArray(exported) || exported[0] !== operationKind) {
      return [];
    }
    const [, , name, traits] = exported as [number, string, string, { http: [string, string, number] }];
    const [method, template] = traits.http;
    const [path = '', literals = ''] = template.split('?');
    const [marker = ''] = literals.split(/[&=]/);
    const level = path === '/' ? 'bucket' : 'object';
    return marker === '' || marker === 'x-id' ? [] : [[`${method} ${level} ${marker}`, name] as const];
  }),
);

/** What the model tells by headers and required members; a browser's form it does not know. */
const others = new Map([
  ['GET service', 'ListBuckets'],
  ['PUT bucket', 'CreateBucket'],
  ['HEAD bucket', 'HeadBucket'],
  ['DELETE bucket', 'DeleteBucket'],
  ['GET bucket', 'ListObjects'],
  ['POST bucket', 'PostObject'],
  ['GET object', 'GetObject'],
  ['HEAD object', 'HeadObject'],
  ['DELETE object', 'DeleteObject'],
  ['PUT object', 'PutObject'],
  ['PUT object copy', 'CopyObject'],
  ['PUT object uploadId', 'UploadPart'],
  ['PUT object uploadId copy', 'UploadPartCopy'],
  ['GET object uploadId', 'ListParts'],
  ['POST object uploadId', 'CompleteMultipartUpload'],
  ['DELETE object uploadId', 'AbortMultipartUpload'],
]);

/** Parameters of a query that tell operations apart. */
const markers = new Set(['uploadId', ...[...marked.keys()].map((kind) => kind.split(' ')[2])]);

/** Takes a request to S3 apart; an operation that S3 does not have is named by what asks for it. */
export function readS3Request({
  method,
  path,
  headers,
}: Pick<Call, 'method' | 'path' | 'headers'>): S3Request {
  const [, bucket = '', rawKey = '', rawQuery = ''] = /^\/([^/?]*)\/?([^?]*)\??(.*)$/s.exec(path) ?? [];
  const query = new URLSearchParams(rawQuery);
  const level = bucket === '' ? 'service' : rawKey === '' ? 'bucket' : 'object';
  const marker = [...query.keys()].find((name) => markers.has(name));
  const copy = headers['x-amz-copy-source'] === undefined ? undefined : 'copy';
  const kind = [method, level, marker, copy].filter((part) => part !== undefined).join(' ');
  return {
    operation: others.get(kind) ?? marked.get(kind) ?? kind,
    bucket,
    key: decoded(rawKey),
    query,
    headers,
  };
}

/** A header, also where a presigned URL carries it in its query. */
export function header({ headers, query }: S3Request, name: string): string | undefined {
  const value = headers[name] ?? query.get(name) ?? undefined;
  return value === undefined ? undefined : String(value);
}

/** A path or a copy source, percent-decoded; what is no valid encoding stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
