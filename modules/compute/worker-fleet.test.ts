import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Construct } from 'constructs';

import { ExistingTaskQueue } from '../messaging';
import { ArtifactBucket, ExistingUploadBucket } from '../storage';
import { Synthesized, statements } from '../testing/synthesized';
import { account, tiers } from '../testing/tiers';
import { longestWorkerSettings } from '../testing/worker-settings';
import { WorkerFleet, type WorkerFleetProps } from './worker-fleet';

const synthesize = (more: Partial<WorkerFleetProps> = {}) => synthesizeWith(() => more);

const synthesizeWith = (more: (scope: Construct) => Partial<WorkerFleetProps>) =>
  Synthesized.from((scope) => {
    const standing = tiers(scope);
    const artifacts = new ArtifactBucket(scope, 'artifacts', { bucketName: 'the-artifacts' });
    const fleet = new WorkerFleet(scope, 'fleet', {
      ...account,
      ...standing,
      name: 'workers',
      minSize: 2,
      desiredCapacity: 2,
      maxSize: 4,
      artifacts: [artifacts.add('worker', __filename)],
      instanceType: 't3.small',
      scaling: { policyType: 'StepScaling', scaleOutThreshold: 10 },
      ...more(scope),
    });
    return { ...standing, fleet };
  });

const variablesOf = (script: string): string[] =>
  [...script.matchAll(/^Environment="(\w+)=/gm)].map(([, name]) => name!);

describe('a worker fleet', () => {
  it('stands behind no load balancer', () => {
    const group = synthesize().one('aws_autoscaling_group');
    expect(group.target_group_arns).toBeUndefined();
    expect(group.load_balancers).toBeUndefined();
  });

  it('may do these things and no others', () => {
    const stack = synthesize();
    const bucketArn = String(stack.reference(stack.built.bucket.arn));
    const allowed = Object.values(statements(stack.one('aws_iam_role_policy').policy));
    expect(allowed.map(({ Effect, Action, Resource }) => ({ Effect, Action, Resource }))).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: [expect.stringMatching(/aws_s3_object\..+\.key\}$/)],
      },
      {
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
        Resource: stack.reference(stack.built.queue.arn),
      },
      {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: stack.reference(stack.built.queue.deadLetterQueueArn),
      },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucketArn },
      {
        Effect: 'Allow',
        Action: [
          's3:GetObject',
          's3:GetObjectVersion',
          's3:GetObjectTagging',
          's3:GetObjectVersionTagging',
          's3:DeleteObject',
          's3:DeleteObjectVersion',
        ],
        Resource: `${bucketArn}/uploads/*`,
      },
      {
        Effect: 'Allow',
        Action: [
          's3:GetObject',
          's3:PutObject',
          's3:PutObjectTagging',
          's3:AbortMultipartUpload',
          's3:DeleteObject',
        ],
        Resource: `${bucketArn}/processed/*`,
      },
      {
        Effect: 'Allow',
        Action: [
          'autoscaling:SetInstanceProtection',
          'autoscaling:RecordLifecycleActionHeartbeat',
          'autoscaling:CompleteLifecycleAction',
        ],
        Resource:
          'arn:aws:autoscaling:us-east-2:111122223333:autoScalingGroup:*:autoScalingGroupName/workers',
      },
    ]);
  });

  it('takes a queue and a bucket that stand already', () => {
    const stack = synthesizeWith((scope) => ({
      queue: new ExistingTaskQueue(scope, 'own-queue', { queueName: 'their-tasks' }),
      bucket: new ExistingUploadBucket(scope, 'own-bucket', {
        bucketName: 'their-films',
        uploadsPrefix: 'in/',
        processedPrefix: 'out/',
      }),
    }));
    const [script] = stack.locals;
    expect(script).toContain('Environment="UPLOAD_BUCKET=their-films"');
    expect(script).not.toContain('DEAD_LETTER_QUEUE_URL');
    const { WorkOnTasks, GiveUpOnTasks, TakeUploads } = statements(stack.one('aws_iam_role_policy').policy);
    expect(WorkOnTasks!.Resource).toMatch(/^\$\{data\.aws_sqs_queue\..+\.arn\}$/);
    expect(GiveUpOnTasks).toBeUndefined();
    expect(TakeUploads!.Resource).toMatch(/^\$\{data\.aws_s3_bucket\..+\.arn\}\/in\/\*$/);
  });

  it('tells the worker the names of the contract', () => {
    expect(variablesOf(String(synthesize().locals[0]))).toEqual([
      'AWS_REGION',
      'QUEUE_URL',
      'DEAD_LETTER_QUEUE_URL',
      'UPLOAD_BUCKET',
      'UPLOADS_PREFIX',
      'PROCESSED_PREFIX',
      'VISIBILITY_TIMEOUT_SECONDS',
      'TERMINATION_DRAIN_SECONDS',
      'AUTO_SCALING_GROUP_NAME',
      'LIFECYCLE_HOOK_NAME',
      'SCRATCH_FOLDER',
    ]);
  });

  it('tells the worker what it is asked to besides', () => {
    const workerSettings = { METRICS_NAMESPACE: 'Films', UPSCALE_MOVIES: true } as const;
    const [script] = synthesize({ workerSettings }).locals;
    expect(script).toContain('\nEnvironment="METRICS_NAMESPACE=Films"\nEnvironment="UPSCALE_MOVIES=true"\n');
    expect(script).toContain('\nTimeoutStopSec=90\n');
  });

  it('refuses what the worker would not start with', () => {
    const workerSettings = { HEALTH_PORT: 80 };
    expect(() => synthesize({ workerSettings })).toThrow(
      'HEALTH_PORT of the workerSettings is 80; it must be a port from 1024 to 65535',
    );
  });

  it('kills no worker that is stopped before its drain is over', () => {
    const [script] = synthesize({ workerSettings: { DRAIN_SECONDS: 600 } }).locals;
    expect(script).toContain('\nTimeoutStopSec=630\n');
  });

  it('can tell the worker all that its guide lists, within the 16 KiB of user data that EC2 takes', () => {
    const guide = readFileSync(join(__dirname, '../../docs/worker-guide.md'), 'utf8');
    const table = guide.slice(guide.indexOf('## Settings of the shipped worker'));
    const listed = [...table.matchAll(/^\| `([A-Z0-9_]+)` /gm)].map(([, name]) => name!);
    const script = String(
      synthesize({ warmPool: {}, tasksPerInstance: 1, workerSettings: longestWorkerSettings }).locals[0],
    );
    expect(variablesOf(script).sort()).toEqual(listed.sort());
    expect(Buffer.byteLength(script)).toBeLessThan(16_384 / 2);
  });

  it('outlives a tool that the kernel kills for its memory', () => {
    expect(synthesize().locals[0]).toContain('\nOOMPolicy=continue\n');
  });

  it('tells the worker which hook waits for its boot, where there is a warm pool', () => {
    const [script] = synthesize({ warmPool: {} }).locals;
    expect(script).toContain('Environment="LAUNCH_HOOK_NAME=workers-launch"');
  });

  it('adds an instance when more tasks wait than the threshold', () => {
    const stack = synthesize({ scaling: { policyType: 'StepScaling', scaleOutThreshold: 25 } });
    expect(stack.one('aws_cloudwatch_metric_alarm', { alarm_name: 'workers-backlog' })).toMatchObject({
      threshold: 25,
      dimensions: { QueueName: stack.reference(stack.built.queue.queueName) },
    });
    expect(stack.all('aws_autoscaling_policy').map(({ policy_type }) => policy_type)).toEqual([
      'StepScaling',
      'StepScaling',
    ]);
  });

  it('keeps the tasks for each instance near a target instead, where that is chosen', () => {
    const stack = synthesize({ scaling: { policyType: 'TargetTrackingScaling', backlogPerInstance: 30 } });
    expect(stack.one('aws_autoscaling_policy').policy_type).toBe('TargetTrackingScaling');
    expect(stack.all('aws_cloudwatch_metric_alarm')).toEqual([]);
  });

  it('refuses a target for each instance where there may be none', () => {
    const scaling = { policyType: 'TargetTrackingScaling', backlogPerInstance: 30 } as const;
    expect(() => synthesize({ minSize: 0, scaling })).toThrow(
      'minSize is 0; a backlog for each instance needs an instance',
    );
    const night = { name: 'night', recurrence: '0 20 * * *', minSize: 0, desiredCapacity: 0, maxSize: 1 };
    expect(() => synthesize({ schedule: [night], scaling })).toThrow(
      'minSize of the schedule night is 0; a backlog for each instance needs an instance',
    );
    expect(() =>
      synthesize({ minSize: 0, scaling: { policyType: 'StepScaling', scaleOutThreshold: 0 } }),
    ).not.toThrow();
  });

  it('gives a terminating instance an hour for its tasks, as long as it says that it works', () => {
    const stack = synthesize();
    expect(stack.one('aws_autoscaling_lifecycle_hook').heartbeat_timeout).toBe(120);
    expect(stack.locals[0]).toContain('Environment="TERMINATION_DRAIN_SECONDS=3600"');
  });

  it('gives it as long as the longest task of its queue takes: a hook waits for 100 timeouts', () => {
    const stack = synthesizeWith((scope) => ({
      queue: new ExistingTaskQueue(scope, 'own-queue', {
        queueName: 'their-tasks',
        longestTaskSeconds: 43_200,
      }),
    }));
    expect(stack.one('aws_autoscaling_lifecycle_hook').heartbeat_timeout).toBe(432);
    expect(stack.locals[0]).toContain('Environment="TERMINATION_DRAIN_SECONDS=43200"');
  });
});
