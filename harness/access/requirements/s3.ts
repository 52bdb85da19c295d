import type { Facts } from '../facts';
import type { Context, Requirement } from '../requirement';
import { type ObjectName, type S3Request, decoded, header } from '../s3-operation';
import { beginningOfParts, decryption, decryptionOfParts, encryption } from './key-use';

type Rule = (request: S3Request, facts: Facts) => Requirement[] | Promise<Requirement[]>;

const arnOf = ({ bucket, key }: ObjectName): string => `arn:aws:s3:::${bucket}/${key}`;

/** `GetObjectTagging` → `GetObjectVersionTagging`, where a version is named. */
function onObject(action: string, object: ObjectName, context: Context = {}): Requirement {
  const named = object.versionId === undefined ? action : action.replace('Object', 'ObjectVersion');
  return { action: `s3:${named}`, resource: arnOf(object), context };
}

const objectOf = ({ bucket, key, query }: S3Request): ObjectName => ({
  bucket,
  key,
  versionId: query.get('versionId') ?? undefined,
});

/** `bucket/key?versionId=…`, with or without a slash at its start. */
function copySourceOf({ headers }: S3Request): ObjectName {
  const source = String(headers['x-amz-copy-source'] ?? '');
  const [, bucket = '', key = '', versionId] =
    /^\/?([^/?]+)\/([^?]*)(?:\?versionId=(.*))?$/.exec(source) ?? [];
  return { bucket: decoded(bucket), key: decoded(key), versionId };
}

/** Headers that set the access control list of a new object. */
const aclHeaders = [
  'x-amz-acl',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write-acp',
];

/** Headers of a new object that condition keys repeat. */
const conditionHeaders = [
  ...aclHeaders,
  'if-match',
  'if-none-match',
  'x-amz-copy-source',
  'x-amz-metadata-directive',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
];

function put(request: S3Request, hasTags = header(request, 'x-amz-tagging') !== undefined): Requirement[] {
  const context = Object.fromEntries(
    conditionHeaders.flatMap((name) => {
      const value = header(request, name);
      return value === undefined ? [] : [[`s3:${name}`, value]];
    }),
  );
  const object = { bucket: request.bucket, key: request.key };
  const setsAcl = aclHeaders.some((name) => header(request, name) !== undefined);
  return [
    onObject('PutObject', object, context),
    ...(setsAcl ? [onObject('PutObjectAcl', object, context)] : []),
    ...(hasTags ? [onObject('PutObjectTagging', object)] : []),
  ];
}

const reads =
  (action: string): Rule =>
  async (request, facts) => {
    const object = objectOf(request);
    return [onObject(action, object), ...(await decryption(object, facts))];
  };

const onNamed =
  (action: string): Rule =>
  (request) => [onObject(action, objectOf(request))];

const onBucket =
  (action: string): Rule =>
  ({ bucket, query }) => {
    const context = ['prefix', 'delimiter', 'max-keys'].flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [[`s3:${name}`, value] as const];
    });
    return [
      { action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}`, context: Object.fromEntries(context) },
    ];
  };

const writesPart: Rule = async (request, facts) => [
  ...put(request, false),
  ...(await decryptionOfParts(request, facts)),
];

/**
 * What each operation needs, of those that instances, presigned requests and visitors make.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const rules: Readonly<Record<string, Rule>> = {
  GetObject: reads('GetObject'),
  // Of what is encrypted a HEAD tells only the checksum.
  HeadObject: (request, facts) =>
    (header(request, 'x-amz-checksum-mode') === undefined ? onNamed : reads)('GetObject')(request, facts),
  async GetObjectAttributes(request, facts) {
    const object = objectOf(request);
    return [
      onObject('GetObject', object),
      onObject('GetObjectAttributes', object),
      ...(await decryption(object, facts)),
    ];
  },
  GetObjectTagging: onNamed('GetObjectTagging'),
  PutObjectTagging: onNamed('PutObjectTagging'),
  DeleteObjectTagging: onNamed('DeleteObjectTagging'),
  DeleteObject: onNamed('DeleteObject'),
  async PutObject(request, facts) {
    return [...put(request), ...(await encryption(request, facts))];
  },
  async PostObject(request, facts) {
    return [...put(request), ...(await encryption(request, facts))];
  },
  async CopyObject(request, facts) {
    const source = copySourceOf(request);
    const copiesTags =
      header(request, 'x-amz-tagging-directive') !== 'REPLACE' && (await facts.hasTags(source));
    return [
      onObject('GetObject', source),
      ...(copiesTags ? [onObject('GetObjectTagging', source)] : []),
      ...(await decryption(source, facts)),
      ...(copiesTags ? put(request, true) : put(request)),
      ...(await encryption(request, facts)),
    ];
  },
  async CreateMultipartUpload(request, facts) {
    return [...put(request), ...(await beginningOfParts(request, facts))];
  },
  UploadPart: writesPart,
  async UploadPartCopy(request, facts) {
    const source = copySourceOf(request);
    return [
      onObject('GetObject', source),
      ...(await decryption(source, facts)),
      ...(await writesPart(request, facts)),
    ];
  },
  CompleteMultipartUpload: writesPart,
  AbortMultipartUpload: ({ bucket, key }) => [onObject('AbortMultipartUpload', { bucket, key })],
  ListParts: ({ bucket, key }) => [onObject('ListMultipartUploadParts', { bucket, key })],
  HeadBucket: onBucket('ListBucket'),
  ListObjects: onBucket('ListBucket'),
  ListObjectsV2: onBucket('ListBucket'),
  ListObjectVersions: onBucket('ListBucketVersions'),
  ListMultipartUploads: onBucket('ListBucketMultipartUploads'),
  GetBucketLocation: onBucket('GetBucketLocation'),
  ListBuckets: () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],
};

/** What a request to S3 needs; `undefined` for an operation that is not mapped. */
export async function s3Requirements(request: S3Request, facts: Facts): Promise<Requirement[] | undefined> {
  return rules[request.operation]?.(request, facts);
}

/** What deleting one of several objects needs. */
export function deletion(object: ObjectName): Requirement {
  return onObject('DeleteObject', object);
}

/**
 * The bucket that one must be allowed to list to be told that an object is missing, and not that it is forbidden.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, «Permissions».
 */
export function listingTold(request: S3Request): Requirement | undefined {
  const isCopy = request.operation === 'CopyObject' || request.operation === 'UploadPartCopy';
  const isRead = /^(Head|Get)Object/.test(request.operation);
  const bucket = isCopy ? copySourceOf(request).bucket : request.bucket;
  return isCopy || isRead ? { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` } : undefined;
}
