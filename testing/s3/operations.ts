import type { IncomingHttpHeaders } from 'node:http';
import { Body } from './body';
import {
  S3Error,
  type MemoryBucket,
  type NewObject,
  type ObjectVersion,
  type WriteCondition,
} from './bucket';
import type { Uploads } from './uploads';

export interface S3Call {
  readonly method: string;
  readonly bucket: MemoryBucket;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly content: Buffer;
  readonly uploads: Uploads;
  readonly bucketNamed: (name: string) => MemoryBucket | undefined;
}

export interface S3Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly xml?: string;
  readonly body?: Body;
}

type Operation = (call: S3Call) => S3Reply;

/** CopyObject refuses sources of more than 5 GiB. */
const MAX_COPY = 5 * 1024 ** 3;
const KEPT_HEADERS = [
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-language',
  'cache-control',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
];

/** Which operation of the S3 API a request is, by its method, query and headers. */
export function operationOf({ method, query, headers }: S3Call): [name: string, operation: Operation] {
  const copies = headers['x-amz-copy-source'] !== undefined;
  if (method === 'HEAD') return ['HeadObject', getObject];
  if (method === 'GET' && query.get('list-type') === '2') return ['ListObjectsV2', listObjects];
  if (method === 'GET')
    return query.has('tagging') ? ['GetObjectTagging', getTags] : ['GetObject', getObject];
  if (method === 'DELETE')
    return query.has('uploadId') ? ['AbortMultipartUpload', abort] : ['DeleteObject', deleteObject];
  if (method === 'POST' && query.has('delete')) return ['DeleteObjects', deleteObjects];
  if (method === 'POST')
    return query.has('uploads') ? ['CreateMultipartUpload', create] : ['CompleteMultipartUpload', complete];
  if (method === 'PUT' && query.has('uploadId'))
    return copies ? ['UploadPartCopy', copyPart] : ['UploadPart', putPart];
  if (method === 'PUT') return copies ? ['CopyObject', copyObject] : ['PutObject', putObject];
  throw new S3Error('MethodNotAllowed', 405);
}

const getObject: Operation = ({ bucket, key, query, headers }) => {
  const version = bucket.get(key, query.get('versionId') ?? undefined);
  const range = /^bytes=(\d+)-(\d*)$/u.exec(headers.range ?? '');
  const replyHeaders = {
    ...version.headers,
    ...Object.fromEntries(
      Object.entries(version.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]),
    ),
    etag: `"${version.eTag}"`,
    ...(bucket.versioned && { 'x-amz-version-id': version.versionId }),
  };
  if (range === null) return { body: version.body, headers: replyHeaders };
  const start = Number(range[1]);
  const end = range[2] === '' ? version.body.size : Math.min(version.body.size, Number(range[2]) + 1);
  if (start >= version.body.size) throw new S3Error('InvalidRange', 416);
  const contentRange = `bytes ${start}-${end - 1}/${version.body.size}`;
  return {
    status: 206,
    body: version.body.slice(start, end),
    headers: { ...replyHeaders, 'content-range': contentRange },
  };
};

const listObjects: Operation = ({ bucket, query }) => {
  const [prefix, after] = [query.get('prefix') ?? '', query.get('start-after') ?? ''];
  const isBehind = (key: string): boolean => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
  const keys = bucket.keys.filter((key) => key.startsWith(prefix) && isBehind(key));
  const delimiter = query.get('delimiter') ?? '';
  const entries = [...new Set(keys.map((key) => upToDelimiter(key, prefix, delimiter)))];
  const page = entries.slice(0, Number(query.get('max-keys') ?? 1000));
  // As a form encodes: the key may hold what XML cannot.
  const encoded = (key: string): string =>
    query.get('encoding-type') === 'url' ? new URLSearchParams({ key }).toString().slice('key='.length) : key;
  const contents = page.map((entry) => {
    const name = escape(encoded(entry));
    if (delimiter !== '' && entry.endsWith(delimiter))
      return `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`;
    const { body, modified } = bucket.get(entry);
    return `<Contents><Key>${name}</Key><LastModified>${modified.toISOString()}</LastModified><Size>${body.size}</Size></Contents>`;
  });
  const truncated = `<IsTruncated>${page.length < entries.length}</IsTruncated>`;
  return { xml: `<ListBucketResult>${truncated}${contents.join('')}</ListBucketResult>` };
};

/** A key that goes on behind the delimiter is listed up to it. */
function upToDelimiter(key: string, prefix: string, delimiter: string): string {
  const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return end === -1 ? key : key.slice(0, end + delimiter.length);
}

const getTags: Operation = ({ bucket, key, query }) => {
  const { tags } = bucket.get(key, query.get('versionId') ?? undefined);
  const set = Object.entries(tags).map(
    ([k, v]) => `<Tag><Key>${escape(k)}</Key><Value>${escape(v)}</Value></Tag>`,
  );
  return { xml: `<Tagging><TagSet>${set.join('')}</TagSet></Tagging>` };
};

const putObject: Operation = (call) =>
  written(call, call.bucket.put({ ...described(call), body: bodyOf(call) }, condition(call)));

const deleteObject: Operation = ({ bucket, key, query, headers }) => {
  bucket.delete(key, query.get('versionId') ?? undefined, headers['if-match']);
  return { status: 204 };
};

const deleteObjects: Operation = ({ bucket, content }) => {
  const errors: string[] = [];
  for (const [, key = ''] of content.toString().matchAll(/<Key>([^<]*)<\/Key>/gu)) {
    try {
      bucket.delete(unescape(key), undefined);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const { code, message } = error;
      errors.push(`<Error><Key>${key}</Key><Code>${code}</Code><Message>${message}</Message></Error>`);
    }
  }
  return { xml: `<DeleteResult>${errors.join('')}</DeleteResult>` };
};

const copyObject: Operation = (call) => {
  const source = copySource(call);
  if (source.body.size > MAX_COPY) {
    throw new S3Error(
      'InvalidRequest',
      400,
      'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    );
  }
  const replaces = call.headers['x-amz-metadata-directive'] === 'REPLACE';
  const { headers, metadata } = replaces ? described(call) : source;
  const version = call.bucket.put(
    { key: call.key, body: source.body, headers, metadata, tags: source.tags },
    condition(call),
  );
  return { xml: `<CopyObjectResult><ETag>"${version.eTag}"</ETag></CopyObjectResult>` };
};

const create: Operation = (call) => ({
  xml: `<InitiateMultipartUploadResult><UploadId>${call.uploads.begin(described(call))}</UploadId></InitiateMultipartUploadResult>`,
});

const putPart: Operation = (call) => ({ headers: { etag: `"${storePart(call, bodyOf(call))}"` } });

const copyPart: Operation = (call) => {
  const { body } = copySource(call);
  const range = /^bytes=(\d+)-(\d+)$/u.exec(String(call.headers['x-amz-copy-source-range']));
  if (range === null || Number(range[2]) >= body.size) throw new S3Error('InvalidArgument', 400, 'range');
  const eTag = storePart(call, body.slice(Number(range[1]), Number(range[2]) + 1));
  return { xml: `<CopyPartResult><ETag>"${eTag}"</ETag></CopyPartResult>` };
};

const complete: Operation = (call) => {
  const id = call.query.get('uploadId') ?? '';
  const numbers = [...call.content.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/gu)].map(([, n]) =>
    Number(n),
  );
  const version = call.bucket.put(call.uploads.assemble(id, numbers), condition(call));
  call.uploads.end(id);
  return {
    xml: `<CompleteMultipartUploadResult><ETag>"${version.eTag}"</ETag></CompleteMultipartUploadResult>`,
  };
};

const abort: Operation = ({ uploads, query }) => {
  uploads.end(query.get('uploadId') ?? '');
  return { status: 204 };
};

function storePart({ uploads, query }: S3Call, body: Body): string {
  return uploads.putPart(query.get('uploadId') ?? '', Number(query.get('partNumber')), body);
}

function written({ bucket }: S3Call, version: ObjectVersion): S3Reply {
  return {
    headers: {
      etag: `"${version.eTag}"`,
      ...(bucket.versioned && { 'x-amz-version-id': version.versionId }),
    },
  };
}

/** The object that the request's headers describe. */
function described({
  key,
  headers,
}: S3Call): Omit<NewObject, 'body'> & Pick<ObjectVersion, 'headers' | 'metadata'> {
  const kept = Object.entries(headers).filter(
    ([name, value]) => KEPT_HEADERS.includes(name) && value !== 'aws-chunked',
  );
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return {
    key,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    metadata: Object.fromEntries(
      metadata.map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]),
    ),
    tags: Object.fromEntries(new URLSearchParams(String(headers['x-amz-tagging'] ?? ''))),
  };
}

function condition({ headers }: S3Call): WriteCondition {
  return { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] };
}

function copySource({ headers, bucketNamed }: S3Call): ObjectVersion {
  const [path = '', query] = String(headers['x-amz-copy-source']).split('?');
  const [bucketName = '', ...key] = path.split('/').map(decodeURIComponent);
  const bucket = bucketNamed(bucketName);
  if (bucket === undefined) throw new S3Error('NoSuchBucket', 404);
  const source = bucket.get(key.join('/'), new URLSearchParams(query).get('versionId') ?? undefined);
  const ifMatch = headers['x-amz-copy-source-if-match'];
  if (ifMatch !== undefined && ifMatch !== `"${source.eTag}"`) throw new S3Error('PreconditionFailed', 412);
  return source;
}

/** The SDK sends streams as `aws-chunked`: chunks with their sizes in hexadecimal, then a trailer with the checksum. */
function bodyOf({ headers, content }: S3Call): Body {
  if (headers['content-encoding']?.includes('aws-chunked') !== true) return Body.of(content);
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = content.indexOf('\r\n', at);
    const size = Number.parseInt(content.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return Body.of(Buffer.concat(chunks));
    chunks.push(content.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

function unescape(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
