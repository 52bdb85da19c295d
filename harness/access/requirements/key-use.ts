import { accountId } from '../../support/account';
import type { Facts } from '../facts';
import type { ObjectKey } from '../keys';
import type { Requirement } from '../requirement';
import { type ObjectName, type S3Request, header } from '../s3-operation';

type KeyAction = 'Decrypt' | 'GenerateDataKey';

/**
 * What a service asks of KMS on behalf of its caller, who must be allowed to use the key: by the policies of the caller, and by
 * the key's own.
 *
 * @param key ARN of a customer-managed key; nothing is asked without one.
 * @param encryptionContext what the service tells KMS that the key is used for; policies may speak of it.
 */
export function keyUse(
  key: string | undefined,
  service: 's3' | 'sns' | 'sqs',
  encryptionContext: Readonly<Record<string, string>>,
  actions: readonly KeyAction[],
): Requirement[] {
  if (key === undefined) {
    return [];
  }
  const named = Object.entries(encryptionContext).map(([name, value]) => [
    `kms:EncryptionContext:${name}`,
    value,
  ]);
  const context = {
    'kms:ViaService': `${service}.${key.split(':')[3] ?? ''}.amazonaws.com`,
    'kms:CallerAccount': accountId,
    'kms:EncryptionContextKeys': Object.keys(encryptionContext),
    ...(Object.fromEntries(named) as Record<string, string>),
  };
  return actions.map((action) => ({ action: `kms:${action}`, resource: key, context }));
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context */
function ofObject(
  key: ObjectKey | undefined,
  { bucket, key: name }: Pick<ObjectName, 'bucket' | 'key'>,
  actions: readonly KeyAction[],
): Requirement[] {
  const about = key?.ofBucket === true ? bucket : `${bucket}/${name}`;
  return keyUse(key?.arn, 's3', { 'aws:s3:arn': `arn:aws:s3:::${about}` }, actions);
}

/** Reading an object decrypts it, by the key that it was written with. */
export async function decryption(object: ObjectName, facts: Facts): Promise<Requirement[]> {
  return ofObject(await facts.keys.ofObject(object), object, ['Decrypt']);
}

/** Writing an object encrypts it, by the key that the request names, else the bucket's. */
export async function encryption(request: S3Request, facts: Facts): Promise<Requirement[]> {
  return ofObject(await namedKey(request, facts), request, ['GenerateDataKey']);
}

/**
 * An upload in parts begins as any other; but each part is decrypted later on. What names a key does so only here: so the
 * key of its parts is asked for here as well.
 */
export async function beginningOfParts(request: S3Request, facts: Facts): Promise<Requirement[]> {
  const isNamed = header(request, 'x-amz-server-side-encryption') !== undefined;
  return ofObject(await namedKey(request, facts), request, [
    'GenerateDataKey',
    ...(isNamed ? (['Decrypt'] as const) : []),
  ]);
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions */
export async function decryptionOfParts(request: S3Request, facts: Facts): Promise<Requirement[]> {
  return ofObject(await facts.keys.ofBucket(request.bucket), request, ['Decrypt']);
}

/** Without a key's name `aws:kms` is S3's own key, and `AES256` none of KMS. */
async function namedKey(request: S3Request, { keys }: Facts): Promise<ObjectKey | undefined> {
  const byDefault = await keys.ofBucket(request.bucket);
  const withBucketKey = header(request, 'x-amz-server-side-encryption-bucket-key-enabled');
  const ofBucket =
    withBucketKey === undefined ? (byDefault?.ofBucket ?? false) : withBucketKey.toLowerCase() === 'true';
  if (header(request, 'x-amz-server-side-encryption') === undefined) {
    return byDefault === undefined ? undefined : { ...byDefault, ofBucket };
  }
  return keys.objectKey(header(request, 'x-amz-server-side-encryption-aws-kms-key-id'), ofBucket);
}
