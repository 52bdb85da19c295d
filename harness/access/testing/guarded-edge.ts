import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

import { Edge } from '../../edge/edge';
import { processBackend } from '../../emulator/process';
import { administrator } from '../../support/account';
import { Closing, closeAfter } from '../../support/closing';
import { Access } from '../access';
import { bucket, policy, receive, region, results, work } from './statements';

/** Credentials of an account or of a session. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function makeClients(endpoint: string, credentials: Keys) {
  const common = { endpoint, region, credentials, maxAttempts: 1 };
  return {
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
}

/** Clients of somebody, which do not try again. */
export type AwsClients = ReturnType<typeof makeClients>;

/** An edge with access decisions in front of LocalStack, which has a bucket, a queue, a topic and the role of a worker. */
export interface GuardedEdge extends AsyncDisposable {
  readonly edge: Edge;
  readonly access: Access;
  readonly admin: AwsClients;
  /** Of a session `i-1` of the role `worker`, as an instance has one. */
  readonly worker: AwsClients;
  readonly workerCredentials: Required<Keys>;
  readonly queueUrl: string;
  clientsOf(keys: Keys): AwsClients;
  /** Lets the worker do this and nothing else. */
  grantWorker(...statements: object[]): Promise<void>;
  put(key: string, content?: string): Promise<void>;
  /** What every test begins with: a worker that may take uploads, put results and receive, and an upload. */
  reset(): Promise<void>;
}

/**
 * The edge that the tests of a file share. To be called once, before its tests: Jest's hooks start it, reset it before each
 * test and dispose of it; before that nothing of it is there.
 */
export function guardedEdge(): GuardedEdge {
  const shared = {} as GuardedEdge;
  jest.setTimeout(30_000);
  beforeAll(async () => {
    Object.assign(shared, await openGuardedEdge());
  }, 180_000);
  beforeEach(() => shared.reset());
  afterAll(() => shared[Symbol.asyncDispose](), 60_000);
  return shared;
}

async function openGuardedEdge(): Promise<GuardedEdge> {
  const closing = new Closing();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'access-'));
    closing.add(() => rm(folder, { recursive: true }));
    const edge = await Edge.start();
    closing.add(() => edge.close());
    const emulator = await processBackend.start({
      folder,
      publicUrl: edge.url,
      onProgress: () => undefined,
    });
    closing.add(() => emulator.stop());
    edge.forwardTo(emulator.url);
    const access = Access.start({ edge, region });
    closing.add(() => {
      access.close();
    });
    const clientsOf = (keys: Keys): AwsClients => {
      const clients = makeClients(edge.url, keys);
      closing.add(() => {
        Object.values(clients).forEach((client) => {
          client.destroy();
        });
      });
      return clients;
    };
    const admin = clientsOf(administrator);
    const { queueUrl, workerCredentials } = await furnish(admin);
    const grantWorker = async (...statements: object[]): Promise<void> => {
      await admin.iam.send(
        new PutRolePolicyCommand({
          RoleName: 'worker',
          PolicyName: 'work',
          PolicyDocument: policy(...statements),
        }),
      );
    };
    const put = async (Key: string, Body = 'content'): Promise<void> => {
      await admin.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    };
    return {
      edge,
      access,
      admin,
      worker: clientsOf(workerCredentials),
      workerCredentials,
      queueUrl,
      clientsOf,
      grantWorker,
      put,
      reset: async () => {
        await grantWorker(work, results, receive);
        await put('uploads/a b+c.txt');
      },
      [Symbol.asyncDispose]: () => closing.close(),
    };
  } catch (error) {
    return closeAfter(error, () => closing.close());
  }
}

async function furnish({
  s3,
  sqs,
  sns,
  iam,
  sts,
}: AwsClients): Promise<Pick<GuardedEdge, 'queueUrl' | 'workerCredentials'>> {
  await s3.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'tasks' }));
  await sns.send(new CreateTopicCommand({ Name: 'uploads' }));
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'worker',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    }),
  );
  await iam.send(
    new AttachRolePolicyCommand({
      RoleName: 'worker',
      PolicyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
    }),
  );
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::000000000000:role/worker', RoleSessionName: 'i-1' }),
  );
  return {
    queueUrl: QueueUrl,
    workerCredentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    },
  };
}
