import type { Call } from '../../edge/call';
import type { Facts } from '../facts';
import type { Requirement } from '../requirement';
import { readS3Request } from '../s3-operation';
import { requirementsOf } from './requirements';
import { s3Requirements } from './s3';

const keyOf = (name: string): string => `arn:aws:kms:us-east-2:000000000000:key/${name}`;
const named = {
  'x-amz-server-side-encryption': 'aws:kms',
  'x-amz-server-side-encryption-aws-kms-key-id': 'own',
};
const withBucketKey = { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' };

/** Buckets, queues and topics named secret have a key; objects named old another one, whatever the bucket. */
const facts = {
  hasTags: () => Promise.resolve(false),
  keys: {
    ofObject: ({ bucket, key }: { bucket: string; key: string }) =>
      Promise.resolve(
        key === 'old'
          ? { arn: keyOf('old'), ofBucket: false }
          : bucket === 'secret'
            ? { arn: keyOf('secret'), ofBucket: true }
            : undefined,
      ),
    ofBucket: (bucket: string) =>
      Promise.resolve(bucket === 'secret' ? { arn: keyOf('secret'), ofBucket: true } : undefined),
    objectKey: (id: string | undefined, ofBucket: boolean) =>
      Promise.resolve(id === undefined ? undefined : { arn: keyOf(id), ofBucket }),
    ofTarget: (arn: string) => Promise.resolve(arn.endsWith(':secret') ? keyOf('secret') : undefined),
  },
} as unknown as Facts;

/** `Decrypt secret for films/a` */
const keyUses = (requirements: readonly Requirement[] | undefined): string[] =>
  (requirements ?? [])
    .filter(({ action }) => action.startsWith('kms:'))
    .map(({ action, resource, context }) => {
      const about = Object.entries(context ?? {}).find(([name]) => name.startsWith('kms:EncryptionContext:'));
      return `${action.replace('kms:', '')} ${resource.split('/')[1] ?? ''} for ${String(about?.[1]).split(':').at(-1) ?? ''}`;
    });

describe('the use of a customer-managed key', () => {
  it.each<[string, string, Call['headers'], string[]]>([
    ['GET', '/films/a', {}, []],
    ['GET', '/secret/a', {}, ['Decrypt secret for secret']],
    ['GET', '/films/old', {}, ['Decrypt old for films/old']],
    ['HEAD', '/secret/a', {}, []],
    ['HEAD', '/secret/a', { 'x-amz-checksum-mode': 'ENABLED' }, ['Decrypt secret for secret']],
    ['DELETE', '/secret/a', {}, []],
    ['PUT', '/films/a', {}, []],
    ['PUT', '/secret/a', {}, ['GenerateDataKey secret for secret']],
    ['PUT', '/secret/a', { 'x-amz-server-side-encryption': 'AES256' }, []],
    ['PUT', '/secret/a', { 'x-amz-server-side-encryption': 'aws:kms' }, []],
    ['PUT', '/secret/a', named, ['GenerateDataKey own for secret']],
    ['PUT', '/films/a', named, ['GenerateDataKey own for films/a']],
    ['PUT', '/films/a', { ...named, ...withBucketKey }, ['GenerateDataKey own for films']],
    ['PUT', '/films/a?x-amz-server-side-encryption=AES256', {}, []],
    ['POST', '/secret', {}, ['GenerateDataKey secret for secret']],
    ['PUT', '/films/b', { 'x-amz-copy-source': 'secret/a' }, ['Decrypt secret for secret']],
    ['PUT', '/secret/b', { 'x-amz-copy-source': 'films/a' }, ['GenerateDataKey secret for secret']],
    [
      'PUT',
      '/secret/b',
      { 'x-amz-copy-source': 'films/old' },
      ['Decrypt old for films/old', 'GenerateDataKey secret for secret'],
    ],
    ['POST', '/secret/a?uploads', {}, ['GenerateDataKey secret for secret']],
    ['POST', '/films/a?uploads', named, ['GenerateDataKey own for films/a', 'Decrypt own for films/a']],
    ['PUT', '/secret/a?partNumber=1&uploadId=1', {}, ['Decrypt secret for secret']],
    [
      'PUT',
      '/secret/a?partNumber=1&uploadId=1',
      { 'x-amz-copy-source': 'films/old' },
      ['Decrypt old for films/old', 'Decrypt secret for secret'],
    ],
    ['POST', '/secret/a?uploadId=1', {}, ['Decrypt secret for secret']],
    ['DELETE', '/secret/a?uploadId=1', {}, []],
  ])('by S3 for %s %s with %j: %j', async (method, path, headers, uses) => {
    const call = { service: 's3', action: undefined, accessKeyId: 'KEY', method, path, headers };
    expect(keyUses(await s3Requirements(readS3Request(call), facts))).toEqual(uses);
  });

  it.each([
    ['sqs', 'SendMessage', 'secret', ['GenerateDataKey secret for secret', 'Decrypt secret for secret']],
    ['sqs', 'SendMessageBatch', 'secret', ['GenerateDataKey secret for secret', 'Decrypt secret for secret']],
    ['sqs', 'ReceiveMessage', 'secret', ['Decrypt secret for secret']],
    ['sqs', 'DeleteMessage', 'secret', []],
    ['sqs', 'SendMessage', 'tasks', []],
    ['sns', 'Publish', 'secret', ['GenerateDataKey secret for secret', 'Decrypt secret for secret']],
    ['sns', 'GetTopicAttributes', 'secret', []],
    ['sns', 'Publish', 'uploads', []],
  ])('by %s for %s on %s: %j', async (service, action, name, uses) => {
    const call = { service, action, accessKeyId: 'KEY', method: 'POST', path: '/', headers: {} };
    const body = {
      QueueUrl: `http://127.0.0.1:4566/000000000000/${name}`,
      TopicArn: `arn:aws:sns:us-east-2:000000000000:${name}`,
    };
    const requirements = await requirementsOf(call, Buffer.from(JSON.stringify(body)), 'us-east-2', facts);
    expect(keyUses(requirements)).toEqual(uses);
  });

  it('is told by which service it is, and of what, as conditions of policies speak of it', async () => {
    const call = { method: 'GET', path: '/films/old', headers: {} };
    const requirements = await s3Requirements(readS3Request(call), facts);
    expect(requirements?.at(-1)?.context).toEqual({
      'kms:ViaService': 's3.us-east-2.amazonaws.com',
      'kms:CallerAccount': '000000000000',
      'kms:EncryptionContextKeys': ['aws:s3:arn'],
      'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::films/old',
    });
  });
});
