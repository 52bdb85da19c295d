import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AutoScalingClient, DescribePoliciesCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketCorsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketNotificationConfigurationCommand,
  DeleteBucketPolicyCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  type PresignedPost,
  type PresignedPostOptions,
  createPresignedPost,
} from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

import { Edge } from '../edge/edge';
import { processBackend } from '../emulator/process';
import { administrator } from '../support/account';
import { Closing } from '../support/closing';
import { Access } from './access';

const region = 'us-east-2';
const bucket = 'films';
const queueArn = `arn:aws:sqs:${region}:000000000000:tasks`;
const topicArn = `arn:aws:sns:${region}:000000000000:uploads`;
const alarmArn = `arn:aws:cloudwatch:${region}:000000000000:alarm:backlog`;

jest.setTimeout(30_000);

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (Action: string | string[], Resource: string, more: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const work = allow(['s3:GetObject', 's3:DeleteObject'], `arn:aws:s3:::${bucket}/uploads/*`, { Sid: 'Take' });
const results = allow(['s3:PutObject'], `arn:aws:s3:::${bucket}/processed/*`, { Sid: 'Put' });
const receive = allow('sqs:ReceiveMessage', queueArn, { Sid: 'Receive' });
const fromAlarms = allow('sns:Publish', topicArn, {
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
});
const publicRead = allow('s3:GetObject', `arn:aws:s3:::${bucket}/*`, { Principal: '*' });

describe('the edge with access decisions', () => {
  const closing = new Closing();
  let edge: Edge;
  let access: Access;
  let admin: ReturnType<typeof clientsOf>;
  let worker: ReturnType<typeof clientsOf>;
  let workerCredentials: Required<Keys>;
  let queueUrl: string;

  function clientsOf(credentials: Keys) {
    const common = { endpoint: edge.url, region, credentials, maxAttempts: 1 };
    const clients = {
      autoScaling: new AutoScalingClient(common),
      s3: new S3Client({ ...common, forcePathStyle: true }),
      sqs: new SQSClient(common),
      sns: new SNSClient(common),
      iam: new IAMClient(common),
      kms: new KMSClient(common),
      cloudWatch: new CloudWatchClient(common),
      ec2: new EC2Client(common),
      sts: new STSClient(common),
    };
    closing.add(() => {
      Object.values(clients).forEach((client) => {
        client.destroy();
      });
    });
    return clients;
  }

  const grantWorker = (...statements: object[]): Promise<unknown> =>
    admin.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'worker',
        PolicyName: 'work',
        PolicyDocument: policy(...statements),
      }),
    );
  const put = (Key: string, Body = 'content'): Promise<unknown> =>
    admin.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const statusAtHost = async (host: string, path: string): Promise<number | undefined> => {
    const [answer] = (await once(request(edge.url + path, { headers: { host } }).end(), 'response')) as [
      IncomingMessage,
    ];
    answer.resume();
    return answer.statusCode;
  };
  const signForm = (options: Omit<PresignedPostOptions, 'Bucket'>): Promise<PresignedPost> => {
    // The library has a client of its own version.
    const signer: unknown = worker.s3;
    return createPresignedPost(signer as Parameters<typeof createPresignedPost>[0], {
      Bucket: bucket,
      ...options,
    });
  };
  const post = ({ url, fields }: PresignedPost, content = 'content'): Promise<Response> => {
    const form = new FormData();
    Object.entries(fields).forEach(([name, value]) => {
      form.append(name, value);
    });
    form.append('file', new Blob([content]), 'form.txt');
    return fetch(url, { method: 'POST', body: form });
  };
  const visit = (key: string): Promise<Response> => fetch(`${edge.url}/${bucket}/${key}`);

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'access-'));
    closing.add(() => rm(folder, { recursive: true }));
    edge = await Edge.start();
    closing.add(() => edge.close());
    const emulator = await processBackend.start({
      folder,
      publicUrl: edge.url,
      onProgress: () => undefined,
    });
    closing.add(() => emulator.stop());
    edge.forwardTo(emulator.url);
    access = Access.start({ edge, region });
    closing.add(() => {
      access.close();
    });
    admin = clientsOf(administrator);
    await admin.s3.send(
      new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
    );
    const { QueueUrl } = await admin.sqs.send(new CreateQueueCommand({ QueueName: 'tasks' }));
    queueUrl = QueueUrl!;
    await admin.sns.send(new CreateTopicCommand({ Name: 'uploads' }));
    await admin.iam.send(
      new CreateRoleCommand({
        RoleName: 'worker',
        AssumeRolePolicyDocument: policy({
          Effect: 'Allow',
          Principal: { Service: 'ec2.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
      }),
    );
    await admin.iam.send(
      new AttachRolePolicyCommand({
        RoleName: 'worker',
        PolicyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
      }),
    );
    const { Credentials } = await admin.sts.send(
      new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::000000000000:role/worker', RoleSessionName: 'i-1' }),
    );
    workerCredentials = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    worker = clientsOf(workerCredentials);
  }, 180_000);

  beforeEach(async () => {
    await grantWorker(work, results, receive);
    await put('uploads/a b+c.txt');
  });

  afterAll(() => closing.close(), 60_000);

  describe('a visitor without a signature', () => {
    const open = async (blocked: boolean): Promise<void> => {
      await admin.s3.send(
        new PutPublicAccessBlockCommand({
          Bucket: bucket,
          PublicAccessBlockConfiguration: {
            BlockPublicPolicy: blocked,
            RestrictPublicBuckets: blocked,
          },
        }),
      );
    };

    it('is refused with 403 and AccessDenied where no policy lets everyone in', async () => {
      const answer = await visit('uploads/a%20b%2Bc.txt');
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('<Code>AccessDenied</Code><Message>Access Denied</Message>');
    });

    it('is refused nothing by the icon that a browser asks for besides', async () => {
      expect((await fetch(`${edge.url}/favicon.ico`)).status).toBe(404);
      expect(access.denials).not.toContainEqual(
        expect.objectContaining({ resource: expect.stringContaining('favicon') as string }),
      );
    });

    it('reads what a public policy opens once the public access block is off, and not before', async () => {
      await open(true);
      await admin.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy(publicRead) }));
      expect((await visit('uploads/a%20b%2Bc.txt')).status).toBe(403);
      await open(false);
      const answer = await visit('uploads/a%20b%2Bc.txt');
      expect([answer.status, await answer.text()]).toEqual([200, 'content']);
      expect((await visit('uploads/missing.txt')).status).toBe(403);
      expect(await statusAtHost(`${bucket}.s3.localhost`, '/uploads/a%20b%2Bc.txt')).toBe(200);
      await admin.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy(tlsOnly) }));
      expect((await visit('uploads/a%20b%2Bc.txt')).status).toBe(403);
    });

    it('may not call other services', async () => {
      const answer = await fetch(edge.url, {
        method: 'POST',
        body: new URLSearchParams({ Action: 'ListQueues', Version: '2012-11-05' }),
      });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('MissingAuthenticationToken');
    });
  });

  describe('an instance with a role', () => {
    it('does what its policies allow, and no more, in the words of each service', async () => {
      await worker.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'uploads/a b+c.txt' }));
      await worker.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 0 }));
      await expect(
        worker.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'x' })),
      ).rejects.toMatchObject({
        name: 'AccessDenied',
        message: `User: arn:aws:sts::000000000000:assumed-role/worker/i-1 is not authorized to perform: sqs:SendMessage on resource: ${queueArn} because no identity-based policy allows the sqs:SendMessage action`,
      });
      await expect(
        worker.s3.send(
          new PutObjectCommand({ Bucket: bucket, Key: 'uploads/mine.txt', Body: 'x'.repeat(1e6) }),
        ),
      ).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
      await expect(worker.ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
        name: 'UnauthorizedOperation',
        message: expect.stringMatching(/not authorized to perform: ec2:DescribeInstances/) as string,
      });
      await expect(worker.sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
        Arn: 'arn:aws:sts::000000000000:assumed-role/worker/i-1',
      });
    });

    it('loses at once what is taken from its policy, and the denial is listed', async () => {
      await admin.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'task' }));
      await grantWorker(work, results);
      const receiving = new ReceiveMessageCommand({ QueueUrl: queueUrl, VisibilityTimeout: 0 });
      await expect(worker.sqs.send(receiving)).rejects.toMatchObject({ name: 'AccessDenied' });
      await expect(worker.sqs.send(receiving)).rejects.toMatchObject({ name: 'AccessDenied' });
      expect(access.denials).toContainEqual(
        expect.objectContaining({
          principal: 'arn:aws:sts::000000000000:assumed-role/worker/i-1',
          action: 'sqs:ReceiveMessage',
          resource: queueArn,
          count: 2,
        }),
      );
      await grantWorker(work, results, receive);
      const { Messages } = await worker.sqs.send(receiving);
      expect(Messages).toHaveLength(1);
    });

    it('is held by the policy of the resource as well', async () => {
      const refuse = { ...receive, Effect: 'Deny', Principal: '*' };
      const setPolicy = (Policy: string): Promise<unknown> =>
        admin.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy } }));
      await setPolicy(policy(refuse));
      await expect(worker.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }))).rejects.toMatchObject({
        message: expect.stringMatching(/with an explicit deny in a resource-based policy$/) as string,
      });
      await setPolicy('');
    });

    it('is told that an object is missing only where it may list the bucket', async () => {
      const look = new HeadObjectCommand({ Bucket: bucket, Key: 'uploads/missing.txt' });
      await expect(worker.s3.send(look)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
      await grantWorker(work, allow('s3:ListBucket', `arn:aws:s3:::${bucket}`));
      await expect(worker.s3.send(look)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
    });

    it('may list what the condition on the prefix lets it', async () => {
      const list = (Prefix: string): Promise<unknown> =>
        worker.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
      await grantWorker(
        allow('s3:ListBucket', `arn:aws:s3:::${bucket}`, {
          Condition: { StringLike: { 's3:prefix': 'processed/*' } },
        }),
      );
      await expect(list('processed/')).resolves.toMatchObject({ KeyCount: 0 });
      await expect(list('uploads/')).rejects.toMatchObject({ name: 'AccessDenied' });
    });

    it('needs the tags of the source to copy an object that has some, and only then', async () => {
      const copy = (name: string): Promise<unknown> =>
        worker.s3.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: `processed/${name}`,
            CopySource: `${bucket}/uploads/${name}`,
          }),
        );
      await put('uploads/plain.txt');
      await copy('plain.txt');
      await admin.s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: 'uploads/tagged.txt', Body: 'x', Tagging: 'a=b' }),
      );
      await expect(copy('tagged.txt')).rejects.toMatchObject({
        message: expect.stringContaining('s3:GetObjectTagging') as string,
      });
    });

    it('is told key by key what of several objects it may not delete', async () => {
      await Promise.all([put('uploads/one.txt'), put('processed/two & a half.txt')]);
      const { Deleted, Errors } = await worker.s3.send(
        new DeleteObjectsCommand({
          Bucket: bucket,
          Delete: { Objects: [{ Key: 'uploads/one.txt' }, { Key: 'processed/two & a half.txt' }] },
        }),
      );
      expect(Deleted).toMatchObject([{ Key: 'uploads/one.txt' }]);
      expect(Errors).toMatchObject([{ Key: 'processed/two & a half.txt', Code: 'AccessDenied' }]);
      expect(
        await admin.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'processed/two & a half.txt' })),
      ).toMatchObject({ ContentLength: 7 });
    });

    it('is refused an order to delete that is none', async () => {
      await expect(
        worker.s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [] } })),
      ).rejects.toMatchObject({ name: 'MalformedXML', $metadata: { httpStatusCode: 400 } });
    });

    it('is held by conditions on the region of its calls', async () => {
      const inRegion = (name: string): object => ({
        ...receive,
        Condition: { StringEquals: { 'aws:RequestedRegion': name } },
      });
      const receiving = new ReceiveMessageCommand({ QueueUrl: queueUrl, VisibilityTimeout: 0 });
      await grantWorker(inRegion('eu-central-1'));
      await expect(worker.sqs.send(receiving)).rejects.toMatchObject({ name: 'AccessDenied' });
      await grantWorker(inRegion(region));
      await worker.sqs.send(receiving);
    });

    it('is refused what IAM knows on no resource, also where it is allowed on all that there are', async () => {
      const describePolicies = new DescribePoliciesCommand({ AutoScalingGroupName: 'workers' });
      await grantWorker(allow('autoscaling:*', `arn:aws:autoscaling:${region}:000000000000:*`));
      await expect(worker.autoScaling.send(describePolicies)).rejects.toMatchObject({
        name: 'AccessDenied',
        message: expect.stringContaining('autoscaling:DescribePolicies on resource: *') as string,
      });
    });

    it('is refused by name what nobody has mapped to IAM', async () => {
      await expect(worker.s3.send(new GetBucketCorsCommand({ Bucket: bucket }))).rejects.toMatchObject({
        name: 'AccessDenied',
        message: expect.stringContaining('s3:GetBucketCors is not mapped') as string,
      });
    });
  });

  describe('a signature', () => {
    const receive = (keys: Keys): Promise<unknown> =>
      clientsOf(keys).sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    const read = (keys: Keys): Promise<unknown> =>
      clientsOf(keys).s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'uploads/a b+c.txt' }));

    it('by another secret than the one of its key is refused, of a role and of the administrator', async () => {
      for (const keys of [workerCredentials, administrator]) {
        const forged = { ...keys, secretAccessKey: 'guessed' };
        await expect(read(forged)).rejects.toMatchObject({
          name: 'SignatureDoesNotMatch',
          message: expect.stringContaining('Check your key and signing method.') as string,
          $metadata: { httpStatusCode: 403 },
        });
        await expect(receive(forged)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
      }
    });

    it('with a key that STS did not give is refused', async () => {
      const unknown = { ...workerCredentials, accessKeyId: 'ASIAUNKNOWN' };
      await expect(read(unknown)).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
      await expect(receive(unknown)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    });

    it('without the token of its session, or with that of another, is refused', async () => {
      const { accessKeyId, secretAccessKey } = workerCredentials;
      await expect(read({ accessKeyId, secretAccessKey })).rejects.toMatchObject({
        name: 'InvalidAccessKeyId',
      });
      const another = { ...workerCredentials, sessionToken: 'another' };
      await expect(read(another)).rejects.toMatchObject({ name: 'InvalidToken' });
      await expect(receive(another)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    });
  });

  describe('an instance with a role and a customer-managed key', () => {
    const secret = `${bucket}-secret`;
    let keyArn: string;
    let topicArnWithKey: string;
    let queueUrlWithKey: string;

    const all = allow(['s3:*', 'sqs:*', 'sns:*'], '*', { Sid: 'All' });
    const use = (...actions: string[]): object =>
      allow(
        actions.map((action) => `kms:${action}`),
        keyArn,
        { Sid: 'Use' },
      );
    const message = (action: string): object => ({
      message: `User: arn:aws:sts::000000000000:assumed-role/worker/i-1 is not authorized to perform: kms:${action} on resource: ${keyArn} because no identity-based policy allows the kms:${action} action`,
    });
    const read = (): Promise<unknown> =>
      worker.s3.send(new GetObjectCommand({ Bucket: secret, Key: 'uploads/a.txt' }));
    const write = (Key: string, more: Partial<PutObjectCommandInput> = {}): Promise<unknown> =>
      worker.s3.send(new PutObjectCommand({ Bucket: secret, Key, Body: 'x', ...more }));
    const send = (): Promise<unknown> =>
      worker.sqs.send(new SendMessageCommand({ QueueUrl: queueUrlWithKey, MessageBody: 'x' }));

    beforeAll(async () => {
      const { KeyMetadata } = await admin.kms.send(new CreateKeyCommand({}));
      keyArn = KeyMetadata!.Arn!;
      await admin.s3.send(
        new CreateBucketCommand({
          Bucket: secret,
          CreateBucketConfiguration: { LocationConstraint: region },
        }),
      );
      await admin.s3.send(
        new PutBucketEncryptionCommand({
          Bucket: secret,
          ServerSideEncryptionConfiguration: {
            Rules: [
              { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } },
            ],
          },
        }),
      );
      await admin.s3.send(new PutObjectCommand({ Bucket: secret, Key: 'uploads/a.txt', Body: 'x' }));
      const queue = await admin.sqs.send(
        new CreateQueueCommand({ QueueName: 'secret', Attributes: { KmsMasterKeyId: keyArn } }),
      );
      queueUrlWithKey = queue.QueueUrl!;
      const topic = await admin.sns.send(
        new CreateTopicCommand({ Name: 'secret', Attributes: { KmsMasterKeyId: keyArn } }),
      );
      topicArnWithKey = topic.TopicArn!;
    });

    it('reads what it encrypts only with kms:Decrypt, and the denial is listed', async () => {
      await grantWorker(all, use('GenerateDataKey'));
      await expect(read()).rejects.toMatchObject({ name: 'AccessDenied', ...message('Decrypt') });
      expect(access.denials).toContainEqual(
        expect.objectContaining({ action: 'kms:Decrypt', resource: keyArn }),
      );
      await grantWorker(all, use('Decrypt'));
      await read();
      expect(await access.unusedGrants()).not.toContainEqual(
        expect.objectContaining({ sid: 'Use', action: 'kms:Decrypt' }),
      );
    });

    it('writes to its bucket only with kms:GenerateDataKey, and without where it names another encryption', async () => {
      await grantWorker(all);
      await expect(write('a.txt')).rejects.toMatchObject({
        name: 'AccessDenied',
        ...message('GenerateDataKey'),
      });
      await write('plain.txt', { ServerSideEncryption: 'AES256' });
      await worker.s3.send(new GetObjectCommand({ Bucket: secret, Key: 'plain.txt' }));
      await grantWorker(all, use('GenerateDataKey'));
      await write('a.txt');
    });

    it('needs it elsewhere for what it was written with there', async () => {
      await admin.s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: 'uploads/secret.txt',
          Body: 'x',
          ServerSideEncryption: 'aws:kms',
          SSEKMSKeyId: keyArn,
        }),
      );
      const copy = (): Promise<unknown> =>
        worker.s3.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: 'processed/plain.txt',
            CopySource: `${bucket}/uploads/secret.txt`,
          }),
        );
      await grantWorker(all);
      await expect(copy()).rejects.toMatchObject(message('Decrypt'));
      await grantWorker(all, use('Decrypt'));
      await copy();
    });

    it('sends to its queue with both, receives with kms:Decrypt, and is told by an error of its own', async () => {
      const receiving = new ReceiveMessageCommand({ QueueUrl: queueUrlWithKey, WaitTimeSeconds: 0 });
      await grantWorker(all, use('GenerateDataKey'));
      await expect(send()).rejects.toMatchObject({ name: 'KmsAccessDenied', ...message('Decrypt') });
      await expect(worker.sqs.send(receiving)).rejects.toMatchObject({ name: 'KmsAccessDenied' });
      await grantWorker(all, use('Decrypt'));
      await expect(send()).rejects.toMatchObject(message('GenerateDataKey'));
      await worker.sqs.send(receiving);
      await grantWorker(all, use('Decrypt', 'GenerateDataKey'));
      await send();
    });

    it('publishes to its topic with both', async () => {
      const publish = (): Promise<unknown> =>
        worker.sns.send(new PublishCommand({ TopicArn: topicArnWithKey, Message: 'x' }));
      await grantWorker(all, use('Decrypt'));
      await expect(publish()).rejects.toMatchObject({
        name: 'KMSAccessDeniedException',
        ...message('GenerateDataKey'),
      });
      await grantWorker(all, use('Decrypt', 'GenerateDataKey'));
      await publish();
    });

    it('may be allowed by service and by what is encrypted', async () => {
      const { Condition } = allow('kms:Decrypt', keyArn, {
        Condition: {
          StringEquals: {
            'kms:ViaService': `s3.${region}.amazonaws.com`,
            'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${secret}/uploads/a.txt`,
          },
        },
      }) as { Condition: object };
      await grantWorker(all, { ...use('Decrypt', 'GenerateDataKey'), Condition });
      await read();
      await expect(send()).rejects.toMatchObject({ name: 'KmsAccessDenied' });
    });

    it('uses a key by its alias, or by what it encrypted, as it may use the key', async () => {
      await admin.kms.send(new CreateAliasCommand({ AliasName: 'alias/films', TargetKeyId: keyArn }));
      const encrypting = new EncryptCommand({ KeyId: 'alias/films', Plaintext: Buffer.from('x') });
      await grantWorker(use('Encrypt'));
      const { CiphertextBlob } = await worker.kms.send(encrypting);
      const decrypting = new DecryptCommand({ CiphertextBlob });
      await expect(worker.kms.send(decrypting)).rejects.toMatchObject(message('Decrypt'));
      await grantWorker(use('Decrypt'));
      await worker.kms.send(decrypting);
      await expect(worker.kms.send(encrypting)).rejects.toMatchObject(message('Encrypt'));
    });

    it('is held by the policy of the key, whatever its own say', async () => {
      const setPolicy = (...statements: object[]): Promise<unknown> =>
        admin.kms.send(
          new PutKeyPolicyCommand({ KeyId: keyArn, PolicyName: 'default', Policy: policy(...statements) }),
        );
      const leaveToIam = allow('kms:*', '*', { Principal: { AWS: 'arn:aws:iam::000000000000:root' } });
      await grantWorker(all, use('Decrypt', 'GenerateDataKey'));
      await setPolicy(allow('kms:*', '*', { Principal: { AWS: 'arn:aws:iam::000000000000:role/other' } }));
      await expect(read()).rejects.toMatchObject({
        message: expect.stringMatching(
          /because no resource-based policy allows the kms:Decrypt action$/,
        ) as string,
      });
      await setPolicy(leaveToIam);
      await read();
    });
  });

  describe('a presigned request', () => {
    it('is refused once anything of it was altered', async () => {
      const signed = await getSignedUrl(
        worker.s3,
        new GetObjectCommand({ Bucket: bucket, Key: 'uploads/a b+c.txt' }),
        { expiresIn: 60 },
      );
      await put('uploads/other.txt');
      for (const altered of [
        signed.replace('a%20b%2Bc.txt', 'other.txt'),
        signed.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000'),
        signed.replace('X-Amz-Signature=', 'X-Amz-Signature=0'),
        `${signed}&versionId=null`,
      ]) {
        expect(altered).not.toBe(signed);
        const answer = await fetch(altered);
        expect(answer.status).toBe(403);
        expect(await answer.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
      }
      const more = await fetch(signed, { headers: { 'x-amz-expected-bucket-owner': '000000000000' } });
      expect(more.status).toBe(403);
      expect(await more.text()).toContain('headers present in the request which were not signed');
      expect((await fetch(signed)).status).toBe(200);
    });

    it('may do what its signer may', async () => {
      const read = await getSignedUrl(
        worker.s3,
        new GetObjectCommand({ Bucket: bucket, Key: 'uploads/a b+c.txt' }),
      );
      expect((await fetch(read)).status).toBe(200);
      const write = await getSignedUrl(
        worker.s3,
        new PutObjectCommand({ Bucket: bucket, Key: 'uploads/other.txt' }),
      );
      expect((await fetch(write, { method: 'PUT', body: 'x' })).status).toBe(403);
    });

    it('is refused once it has expired, also when the administrator signed it', async () => {
      const url = await getSignedUrl(
        admin.s3,
        new GetObjectCommand({ Bucket: bucket, Key: 'uploads/a b+c.txt' }),
        { expiresIn: 60, signingDate: new Date(Date.now() - 61_000) },
      );
      const answer = await fetch(url);
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('Request has expired');
    });

    it.each([
      ['processed/', 204],
      ['uploads/', 403],
    ])('by POST under %s is answered by what its signer may: %i', async (prefix, status) => {
      const answer = await post(await signForm({ Key: `${prefix}form.txt` }), 'y'.repeat(3e6));
      expect(answer.status).toBe(status);
    });

    it('by POST is judged by the key with the name of the file in it, and by what else it sets', async () => {
      const toForm = (action: string): object => allow(action, `arn:aws:s3:::${bucket}/processed/form.txt`);
      const status = async (Fields: Record<string, string> = {}): Promise<number> =>
        (await post(await signForm({ Key: 'processed/${filename}', Fields }))).status;
      const tagging = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
      await grantWorker(toForm('s3:PutObject'));
      expect(await status()).toBe(204);
      expect(await status({ acl: 'private' })).toBe(403);
      expect(await status({ tagging })).toBe(403);
      await grantWorker(toForm('s3:PutObject*'));
      expect(await status({ acl: 'private' })).toBe(204);
      expect(await status({ tagging })).toBe(204);
    });

    it('by POST is refused once its policy was altered, or is another one', async () => {
      const { url, fields } = await signForm({ Key: 'processed/form.txt' });
      const generous = JSON.stringify({ expiration: '2999-01-01T00:00:00Z', conditions: [] });
      for (const Policy of [Buffer.from(generous).toString('base64'), '']) {
        const answer = await post({ url, fields: { ...fields, Policy } });
        expect(answer.status).toBe(403);
        expect(await answer.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
      }
    });

    // The edge refuses the additional field; the rest are what LocalStack enforces.
    it.each([
      ['is larger than it says', {}, '12345', 'EntityTooLarge'],
      ['is smaller than it says', {}, '', 'EntityTooSmall'],
      ['has a key that begins otherwise', { key: 'processed/other.txt' }, '1', 'Policy Condition failed'],
      ['has another value than it says', { 'Content-Type': 'text/html' }, '1', 'Policy Condition failed'],
      ['has a field that it does not speak of', { acl: 'public-read' }, '1', 'Extra input fields: acl'],
    ])('by POST is held to its policy: a form that %s', async (_what, changed, content, problem) => {
      const { url, fields } = await signForm({
        Key: 'processed/forms/${filename}',
        Fields: { 'Content-Type': 'text/plain' },
        Conditions: [['content-length-range', 1, 4]],
      });
      expect((await post({ url, fields }, '1234')).status).toBe(204);
      const answer = await post({ url, fields: { ...fields, ...changed } }, content);
      expect([answer.status, await answer.text()]).toEqual([
        problem.startsWith('Entity') ? 400 : 403,
        expect.stringContaining(problem),
      ]);
    });

    it('by POST is refused once its policy has expired', async () => {
      const answer = await post(await signForm({ Key: 'processed/form.txt', Expires: -1 }));
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('Invalid according to Policy: Policy expired.');
    });
  });

  describe('what services deliver to each other', () => {
    const notify = (): Promise<unknown> =>
      admin.s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket: bucket,
          NotificationConfiguration: {
            TopicConfigurations: [{ TopicArn: topicArn, Events: ['s3:ObjectCreated:*'] }],
          },
        }),
      );
    const onTopic = (...statements: object[]): Promise<unknown> =>
      admin.sns.send(
        new SetTopicAttributesCommand({
          TopicArn: topicArn,
          AttributeName: 'Policy',
          AttributeValue: policy(...statements),
        }),
      );
    const fromBucket = (name: string): object =>
      allow('sns:Publish', topicArn, {
        Principal: { Service: 's3.amazonaws.com' },
        Condition: {
          ArnEquals: { 'aws:SourceArn': `arn:aws:s3:::${name}` },
          StringEquals: { 'aws:SourceAccount': '000000000000' },
        },
      });

    it('must be allowed by the topic before a bucket may be told to announce there', async () => {
      await onTopic(fromBucket('another'));
      await expect(notify()).rejects.toMatchObject({
        name: 'InvalidArgument',
        message: 'Unable to validate the following destination configurations',
      });
      await onTopic(fromBucket(bucket));
      await notify();
    });

    it('is checked after it was set up: what is missing is told by its name', async () => {
      await onTopic(fromBucket(bucket));
      await notify();
      await admin.sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn }));
      expect(await access.missingGrants()).toEqual([
        expect.stringContaining(
          `sns.amazonaws.com may not sqs:SendMessage on ${queueArn} for ${topicArn}`,
        ) as string,
      ]);
      const fromTopic = allow('sqs:SendMessage', queueArn, {
        Principal: { Service: 'sns.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      });
      await admin.sqs.send(
        new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy: policy(fromTopic) } }),
      );
      expect(await access.missingGrants()).toEqual([]);
      await onTopic(fromBucket('another'));
      expect(await access.missingGrants()).toEqual([
        expect.stringContaining(`s3.amazonaws.com may not sns:Publish on ${topicArn}`) as string,
      ]);
      await onTopic(fromBucket(bucket));
    });

    it('is checked for alarms as well', async () => {
      const alarm = {
        AlarmName: 'backlog',
        Namespace: 'AWS/SQS',
        MetricName: 'Age',
        Statistic: 'Maximum',
      } as const;
      await admin.cloudWatch.send(
        new PutMetricAlarmCommand({
          ...alarm,
          AlarmActions: [topicArn, `arn:aws:autoscaling:${region}:000000000000:scalingPolicy:1:p`],
          OKActions: [topicArn],
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      );
      expect(await access.missingGrants()).toEqual([
        `cloudwatch.amazonaws.com may not sns:Publish on ${topicArn} for ${alarmArn}: the resource's policy does not allow it.`,
      ]);
      await onTopic(fromBucket(bucket), fromAlarms);
      expect(await access.missingGrants()).toEqual([]);
      await admin.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ['backlog'] }));
    });
  });

  describe('what services do by themselves', () => {
    const ofAlarm = { kind: 'service', name: 'cloudwatch.amazonaws.com', sourceArn: alarmArn } as const;
    const roleArn = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;
    const ofRole = (name: string) =>
      ({ kind: 'role', roleArn: roleArn(name), assumedBy: 'autoscaling.amazonaws.com' }) as const;
    const send = (...[sender, to]: Parameters<typeof access.serviceRights.checkSend>): Promise<void> =>
      access.serviceRights.checkSend(sender, to);
    const topic = async (name: string, key?: string): Promise<string> => {
      const Attributes = key === undefined ? {} : { KmsMasterKeyId: key };
      return (await admin.sns.send(new CreateTopicCommand({ Name: name, Attributes }))).TopicArn!;
    };
    const setPolicy = (TopicArn: string, ...statements: object[]): Promise<unknown> =>
      admin.sns.send(
        new SetTopicAttributesCommand({
          TopicArn,
          AttributeName: 'Policy',
          AttributeValue: policy(...statements),
        }),
      );
    const key = async (...statements: object[]): Promise<string> => {
      const root = allow('kms:*', '*', { Principal: { AWS: 'arn:aws:iam::000000000000:root' } });
      const { KeyMetadata } = await admin.kms.send(
        new CreateKeyCommand({ Policy: policy(root, ...statements) }),
      );
      return KeyMetadata!.Arn!;
    };
    const role = async (name: string, trusted: string, ...statements: object[]): Promise<void> => {
      await admin.iam.send(
        new CreateRoleCommand({
          RoleName: name,
          AssumeRolePolicyDocument: policy({
            Effect: 'Allow',
            Principal: { Service: trusted },
            Action: 'sts:AssumeRole',
          }),
        }),
      );
      await admin.iam.send(
        new PutRolePolicyCommand({ RoleName: name, PolicyName: 'p', PolicyDocument: policy(...statements) }),
      );
    };

    it('an alarm tells a new topic, and one with a policy of its own only where that says so', async () => {
      const arn = await topic('alarms');
      await send(ofAlarm, arn);
      await setPolicy(arn, allow('sns:Publish', arn, { Principal: { Service: 's3.amazonaws.com' } }));
      await expect(send(ofAlarm, arn)).rejects.toThrow(
        `Resource: ${alarmArn} is not authorized to perform: sns:Publish on resource: ${arn} because no resource-based policy allows the sns:Publish action`,
      );
      expect(access.denials).toContainEqual(
        expect.objectContaining({
          principal: 'cloudwatch.amazonaws.com',
          action: 'sns:Publish',
          resource: arn,
        }),
      );
    });

    it('an alarm tells a topic with a key only where the policy of the key lets it', async () => {
      const use = (Condition: object): object =>
        allow(['kms:GenerateDataKey*', 'kms:Decrypt'], '*', {
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition,
        });
      const open = await key(use({ ArnLike: { 'aws:SourceArn': alarmArn.replace('backlog', '*') } }));
      await send(ofAlarm, await topic('alarms-open', open));
      const closed = await key(use({ StringEquals: { 'aws:SourceAccount': '111111111111' } }));
      await expect(send(ofAlarm, await topic('alarms-closed', closed))).rejects.toThrow(
        'kms:GenerateDataKey',
      );
    });

    it('a group tells topics by its service-linked role, which no key lets in that does not name it', async () => {
      const group = ofRole('aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling');
      const arn = await topic('groups');
      await send(group, arn);
      await setPolicy(arn, { Effect: 'Deny', Action: 'sns:Publish', Resource: arn, Principal: '*' });
      await expect(send(group, arn)).rejects.toThrow('with an explicit deny in a resource-based policy');
      await expect(send(group, await topic('groups-closed', await key()))).rejects.toThrow(
        'kms:GenerateDataKey',
      );
      const open = await key(allow('kms:*', '*', { Principal: { AWS: group.roleArn } }));
      await send(group, await topic('groups-open', open));
    });

    it('a hook tells its target by its role, if Auto Scaling may assume that', async () => {
      await role('hook', 'autoscaling.amazonaws.com', allow('sqs:SendMessage', queueArn));
      await send(ofRole('hook'), queueArn);
      await expect(send(ofRole('hook'), topicArn)).rejects.toThrow(
        'assumed-role/hook/AutoScaling is not authorized to perform: sns:Publish',
      );
      await role('stranger', 'ec2.amazonaws.com', allow('sqs:SendMessage', queueArn));
      await expect(send(ofRole('stranger'), queueArn)).rejects.toThrow(
        `autoscaling.amazonaws.com may not assume ${roleArn('stranger')}`,
      );
      await expect(send(ofRole('none'), queueArn)).rejects.toThrow('none');
    });

    it('a load balancer writes its logs where a bucket lets the service in, or the account that it had before', async () => {
      const delivery = {
        kind: 'service',
        name: 'logdelivery.elasticloadbalancing.amazonaws.com',
        sourceArn: 'arn:aws:elasticloadbalancing:us-east-2:000000000000:loadbalancer/app/web/1',
      } as const;
      const account = { kind: 'account', accountId: '033677994240' } as const;
      const mayPut = (key = 'web/AWSLogs/000000000000/a'): Promise<boolean> =>
        access.serviceRights.mayPut([delivery, account], { bucket, key });
      const grant = (Principal: object, more: object = {}): Promise<unknown> =>
        admin.s3.send(
          new PutBucketPolicyCommand({
            Bucket: bucket,
            Policy: policy(
              allow('s3:PutObject', `arn:aws:s3:::${bucket}/web/AWSLogs/000000000000/*`, {
                Principal,
                ...more,
              }),
            ),
          }),
        );
      await grant({ Service: 'delivery.logs.amazonaws.com' });
      expect(await mayPut()).toBe(false);
      expect(access.denials).toContainEqual(
        expect.objectContaining({ principal: delivery.name, action: 's3:PutObject' }),
      );
      await grant({ Service: delivery.name });
      expect([await mayPut(), await mayPut('AWSLogs/000000000000/a')]).toEqual([true, false]);
      await grant(
        { Service: delivery.name },
        {
          Condition: { ArnLike: { 'aws:SourceArn': delivery.sourceArn.replace('app/web/1', 'app/other/*') } },
        },
      );
      expect(await mayPut()).toBe(false);
      await grant({ AWS: `arn:aws:iam::${account.accountId}:root` });
      expect(await mayPut()).toBe(true);
      await grant({ AWS: account.accountId });
      expect(await mayPut()).toBe(true);
      await grant({ AWS: 'arn:aws:iam::127311923021:root' });
      expect(await mayPut()).toBe(false);
      expect(await access.serviceRights.mayPut([delivery], { bucket: 'there-is-none', key: 'a' })).toBe(
        false,
      );
      await admin.s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
    });

    it('EC2 assumes the roles that trust it, and no others', async () => {
      await role('lambda', 'lambda.amazonaws.com', receive);
      const { serviceRights } = access;
      expect(await serviceRights.mayAssume('ec2.amazonaws.com', roleArn('worker'))).toBe(true);
      expect(await serviceRights.mayAssume('ec2.amazonaws.com', roleArn('lambda'))).toBe(false);
      expect(access.denials).toContainEqual(
        expect.objectContaining({
          principal: 'ec2.amazonaws.com',
          action: 'sts:AssumeRole',
          resource: roleArn('lambda'),
          message: expect.stringMatching(/^Service: ec2.amazonaws.com is not authorized/) as string,
        }),
      );
    });
  });
});

const tlsOnly = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
