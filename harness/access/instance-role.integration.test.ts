import { DescribePoliciesCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetBucketCorsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';

import { guardedEdge } from './testing/guarded-edge';
import { allow, bucket, policy, queueArn, receive, region, results, work } from './testing/statements';

const s = guardedEdge();

describe('an instance with a role', () => {
  it('does what its policies allow, and no more, in the words of each service', async () => {
    await s.worker.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'uploads/a b+c.txt' }));
    await s.worker.sqs.send(new ReceiveMessageCommand({ QueueUrl: s.queueUrl, WaitTimeSeconds: 0 }));
    await expect(
      s.worker.sqs.send(new SendMessageCommand({ QueueUrl: s.queueUrl, MessageBody: 'x' })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:sts::000000000000:assumed-role/worker/i-1 is not authorized to perform: sqs:SendMessage on resource: ${queueArn} because no identity-based policy allows the sqs:SendMessage action`,
    });
    await expect(
      s.worker.s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: 'uploads/mine.txt', Body: 'x'.repeat(1e6) }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    await expect(s.worker.ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: expect.stringMatching(/not authorized to perform: ec2:DescribeInstances/) as string,
    });
    await expect(s.worker.sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Arn: 'arn:aws:sts::000000000000:assumed-role/worker/i-1',
    });
  });

  it('loses at once what is taken from its policy, and the denial is listed', async () => {
    await s.admin.sqs.send(new SendMessageCommand({ QueueUrl: s.queueUrl, MessageBody: 'task' }));
    await s.grantWorker(work, results);
    const receiving = new ReceiveMessageCommand({ QueueUrl: s.queueUrl, VisibilityTimeout: 0 });
    await expect(s.worker.sqs.send(receiving)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(s.worker.sqs.send(receiving)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(s.access.denials).toContainEqual(
      expect.objectContaining({
        principal: 'arn:aws:sts::000000000000:assumed-role/worker/i-1',
        action: 'sqs:ReceiveMessage',
        resource: queueArn,
        count: 2,
      }),
    );
    await s.grantWorker(work, results, receive);
    const { Messages } = await s.worker.sqs.send(receiving);
    expect(Messages).toHaveLength(1);
  });

  it('is held by the policy of the resource as well', async () => {
    const refuse = { ...receive, Effect: 'Deny', Principal: '*' };
    const setPolicy = (Policy: string): Promise<unknown> =>
      s.admin.sqs.send(new SetQueueAttributesCommand({ QueueUrl: s.queueUrl, Attributes: { Policy } }));
    await setPolicy(policy(refuse));
    await expect(
      s.worker.sqs.send(new ReceiveMessageCommand({ QueueUrl: s.queueUrl })),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/with an explicit deny in a resource-based policy$/) as string,
    });
    await setPolicy('');
  });

  it('is told that an object is missing only where it may list the bucket', async () => {
    const look = new HeadObjectCommand({ Bucket: bucket, Key: 'uploads/missing.txt' });
    await expect(s.worker.s3.send(look)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await s.grantWorker(work, allow('s3:ListBucket', `arn:aws:s3:::${bucket}`));
    await expect(s.worker.s3.send(look)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  it('may list what the condition on the prefix lets it', async () => {
    const list = (Prefix: string): Promise<unknown> =>
      s.worker.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    await s.grantWorker(
      allow('s3:ListBucket', `arn:aws:s3:::${bucket}`, {
        Condition: { StringLike: { 's3:prefix': 'processed/*' } },
      }),
    );
    await expect(list('processed/')).resolves.toMatchObject({ KeyCount: 0 });
    await expect(list('uploads/')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('needs the tags of the source to copy an object that has some, and only then', async () => {
    const copy = (name: string): Promise<unknown> =>
      s.worker.s3.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: `processed/${name}`,
          CopySource: `${bucket}/uploads/${name}`,
        }),
      );
    await s.put('uploads/plain.txt');
    await copy('plain.txt');
    await s.admin.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'uploads/tagged.txt', Body: 'x', Tagging: 'a=b' }),
    );
    await expect(copy('tagged.txt')).rejects.toMatchObject({
      message: expect.stringContaining('s3:GetObjectTagging') as string,
    });
  });

  it('is told key by key what of several objects it may not delete', async () => {
    await Promise.all([s.put('uploads/one.txt'), s.put('processed/two & a half.txt')]);
    const { Deleted, Errors } = await s.worker.s3.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: [{ Key: 'uploads/one.txt' }, { Key: 'processed/two & a half.txt' }] },
      }),
    );
    expect(Deleted).toMatchObject([{ Key: 'uploads/one.txt' }]);
    expect(Errors).toMatchObject([{ Key: 'processed/two & a half.txt', Code: 'AccessDenied' }]);
    expect(
      await s.admin.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'processed/two & a half.txt' })),
    ).toMatchObject({ ContentLength: 7 });
  });

  it('is refused an order to delete that is none', async () => {
    await expect(
      s.worker.s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [] } })),
    ).rejects.toMatchObject({ name: 'MalformedXML', $metadata: { httpStatusCode: 400 } });
  });

  it('is held by conditions on the region of its calls', async () => {
    const inRegion = (name: string): object => ({
      ...receive,
      Condition: { StringEquals: { 'aws:RequestedRegion': name } },
    });
    const receiving = new ReceiveMessageCommand({ QueueUrl: s.queueUrl, VisibilityTimeout: 0 });
    await s.grantWorker(inRegion('eu-central-1'));
    await expect(s.worker.sqs.send(receiving)).rejects.toMatchObject({ name: 'AccessDenied' });
    await s.grantWorker(inRegion(region));
    await s.worker.sqs.send(receiving);
  });

  it('is refused what IAM knows on no resource, also where it is allowed on all that there are', async () => {
    const describePolicies = new DescribePoliciesCommand({ AutoScalingGroupName: 'workers' });
    await s.grantWorker(allow('autoscaling:*', `arn:aws:autoscaling:${region}:000000000000:*`));
    await expect(s.worker.autoScaling.send(describePolicies)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('autoscaling:DescribePolicies on resource: *') as string,
    });
  });

  it('is refused by name what nobody has mapped to IAM', async () => {
    await expect(s.worker.s3.send(new GetBucketCorsCommand({ Bucket: bucket }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('s3:GetBucketCors is not mapped') as string,
    });
  });
});
