import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { FixedWaits } from './fixed-waits';

// A synthesis is a process of its own.
jest.setTimeout(120_000);

describe('the fixed waits of a stack', () => {
  const waits = new FixedWaits({
    resource: {
      aws_vpc: { quick: {}, slow: { enable_dns_hostnames: true } },
      aws_sqs_queue: {
        first: { name: 'first' },
        then: { redrive_policy: '{"deadLetterTargetArn":"${aws_sqs_queue.first.arn}"}' },
        aside: { name: 'aside' },
      },
      aws_iam_role: { role: { description: '${aws_sqs_queue.then.arn}', depends_on: ['aws_vpc.quick'] } },
      aws_launch_template: { last: { user_data: '${base64encode(local.script)}' } },
    },
    locals: { script: 'for ${aws_iam_role.role.arn}' },
  });

  it('are told by the longest chain, also through local values and what does not wait', () => {
    expect(waits.longest()).toEqual({
      seconds: 55,
      addresses: ['aws_sqs_queue.first', 'aws_sqs_queue.then', 'aws_launch_template.last'],
    });
  });

  it('are told pair by pair, without what lies further back', () => {
    expect(waits.inRow()).toEqual([
      ['aws_sqs_queue.first', 'aws_sqs_queue.then'],
      ['aws_sqs_queue.then', 'aws_launch_template.last'],
    ]);
  });
});

describe('the fixed waits of this project', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waits-'));
    await writeFile(join(folder, 'artifact.tar.gz'), 'an archive');
  });

  afterAll(() => rm(folder, { recursive: true }));

  const synthesized = async (settings: Readonly<Record<string, string>>): Promise<FixedWaits> => {
    const artifact = join(folder, 'artifact.tar.gz');
    const { PATH } = process.env;
    await promisify(execFile)('tsx', [resolve('main.ts')], {
      cwd: folder,
      env: {
        PATH,
        CDKTF_OUTDIR: folder,
        UPLOAD_PIPELINE_NODE_ARTIFACT: artifact,
        UPLOAD_PIPELINE_WORKER_ARTIFACT: artifact,
        UPLOAD_PIPELINE_WEB_ARTIFACT: artifact,
        ...settings,
      },
    });
    return FixedWaits.of(join(folder, 'stacks/upload-pipeline'));
  };

  /** `aws_sqs_queue.pipeline_tasks_queue_DEACB8FE` → `tasks_queue` */
  const place = (address: string): string => address.replace(/^\w+\.pipeline_(.+)_[0-9A-F]{8}$/, '$1');

  it('are 55 s: the template of the workers names their queue, which names its dead-letter queue', async () => {
    const { seconds, addresses } = (await synthesized({})).longest();
    expect(addresses.map(place)).toEqual([
      'tasks_dead-letter-queue',
      'tasks_queue',
      'workers_instances_template',
    ]);
    // No shorter than the lifecycle of the bucket, which waits as long by itself.
    expect(seconds).toBe(55);
  });

  it('are 8 s more with a key of its own, which both queues need first', async () => {
    const { seconds, addresses } = (
      await synthesized({ UPLOAD_PIPELINE_ENCRYPTION_KEY: 'customer' })
    ).longest();
    expect(addresses.map(place)).toEqual([
      'key',
      'tasks_dead-letter-queue',
      'tasks_queue',
      'workers_instances_template',
    ]);
    expect(seconds).toBe(63);
  });

  it('are 70 s with a load balancer, which waits for nothing but its network', async () => {
    const { seconds, addresses } = (await synthesized({ UPLOAD_PIPELINE_WEB_TIER: 'true' })).longest();
    expect(addresses.map(place)).toEqual(['network_vpc', 'web_load-balancer']);
    expect(seconds).toBe(70);
  });

  it('are in a row only where one resource names the other, with everything on', async () => {
    const waits = await synthesized({
      UPLOAD_PIPELINE_WEB_TIER: 'true',
      UPLOAD_PIPELINE_ENCRYPTION_KEY: 'customer',
      UPLOAD_PIPELINE_TAGS: '{"Team":"films"}',
      UPLOAD_PIPELINE_ACCESS_LOG_BUCKET_NAME: 'the-logs',
      UPLOAD_PIPELINE_CORS_ORIGINS: 'https://films.example',
      UPLOAD_PIPELINE_ALARM_EMAIL: 'operators@films.example',
      UPLOAD_PIPELINE_BACKLOG_PER_INSTANCE: '20',
    });
    const rows = new Set(waits.inRow().map((pair) => pair.map(place).join(' → ')));
    expect([...rows].sort()).toEqual(
      [
        // Endpoints, security groups and subnets stand in the network.
        ...['s3', 'sqs', 'autoscaling', 'ssm', 'ssmmessages'].map(
          (service) => `network_vpc → network_${service}`,
        ),
        'network_vpc → web_load-balancer',
        'network_vpc → workers_instances_template',
        'network_vpc → web_instances_template',
        // A template names its instance profile.
        'workers_instances_role_profile → workers_instances_template',
        'web_instances_role_profile → web_instances_template',
        // SQS refuses a redrive policy whose queue is not there.
        'tasks_dead-letter-queue → tasks_queue',
        // The user data names both queues by their URLs.
        'tasks_queue → workers_instances_template',
        'tasks_dead-letter-queue → workers_instances_template',
        // What encrypts is named by its ARN.
        'key → tasks_queue',
        'key → tasks_dead-letter-queue',
        'key → subscription_undelivered',
      ].sort(),
    );
  });
});
