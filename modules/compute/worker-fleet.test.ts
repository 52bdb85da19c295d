import type { Construct } from 'constructs';

import { ExistingTaskQueue } from '../messaging';
import { ArtifactBucket, ExistingUploadBucket } from '../storage';
import { Synthesized, statements } from '../testing/synthesized';
import { account, tiers } from '../testing/tiers';
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
      scaleOutThreshold: 10,
      ...more(scope),
    });
    return { ...standing, fleet };
  });

describe('a worker fleet', () => {
  it('spreads its group over all subnets, behind no load balancer', () => {
    const stack = synthesize();
    const group = stack.one('aws_autoscaling_group');
    expect(group).toMatchObject({
      name: 'workers',
      min_size: 2,
      desired_capacity: 2,
      max_size: 4,
      vpc_zone_identifier: stack.reference(stack.built.network.subnetIds),
      health_check_type: 'EC2',
    });
    expect(group.target_group_arns).toBeUndefined();
    expect(group.load_balancers).toBeUndefined();
  });

  it('leaves the desired capacity to the scaling policies after the first apply', () => {
    expect(synthesize().one('aws_autoscaling_group').lifecycle).toEqual({
      ignore_changes: ['desired_capacity'],
    });
  });

  it('boots no instance before it can reach its artifact and may take it', () => {
    const needs = synthesize().one('aws_autoscaling_group').depends_on as string[];
    for (const need of [/aws_iam_role_policy\./, /aws_vpc_endpoint\./, /aws_route_table_association\./]) {
      expect(needs).toContainEqual(expect.stringMatching(need));
    }
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

  it('wants IMDSv2, one hop away', () => {
    expect(synthesize().one('aws_launch_template').metadata_options).toEqual({
      http_endpoint: 'enabled',
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
    });
  });

  it('encrypts the disk of its instances', () => {
    expect(synthesize().one('aws_launch_template').block_device_mappings).toMatchObject([
      { ebs: { volume_type: 'gp3', encrypted: 'true' } },
    ]);
  });

  it('takes the newest Amazon Linux 2023 and no key pair', () => {
    const template = synthesize().one('aws_launch_template');
    expect(template.image_id).toMatch(/^resolve:ssm:\/aws\/service\/ami-amazon-linux-latest\/al2023-/);
    expect(template.key_name).toBeUndefined();
  });

  it('takes the AMI and the key pair that are given', () => {
    const template = synthesize({ imageId: 'ami-0123456789abcdef0', keyPairName: 'anna' }).one(
      'aws_launch_template',
    );
    expect(template).toMatchObject({ image_id: 'ami-0123456789abcdef0', key_name: 'anna' });
  });

  it('tells the worker the names of the contract', () => {
    const [script] = synthesize().locals;
    const names = [...String(script).matchAll(/^Environment="(\w+)=/gm)].map(([, name]) => name);
    expect(names).toEqual([
      'AWS_REGION',
      'QUEUE_URL',
      'DEAD_LETTER_QUEUE_URL',
      'UPLOAD_BUCKET',
      'UPLOADS_PREFIX',
      'PROCESSED_PREFIX',
      'VISIBILITY_TIMEOUT_SECONDS',
      'AUTO_SCALING_GROUP_NAME',
      'LIFECYCLE_HOOK_NAME',
      'SCRATCH_FOLDER',
    ]);
  });

  it('waits two minutes for an instance that drains, and then goes on', () => {
    expect(synthesize().one('aws_autoscaling_lifecycle_hook')).toMatchObject({
      name: 'workers-drain',
      lifecycle_transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      heartbeat_timeout: 120,
      default_result: 'CONTINUE',
    });
  });

  it('waits for a draining instance as long as asked', () => {
    expect(synthesize({ drainSeconds: 600 }).one('aws_autoscaling_lifecycle_hook').heartbeat_timeout).toBe(
      600,
    );
  });

  it('scales by the depth of its queue', () => {
    const stack = synthesize({ scaleOutThreshold: 25 });
    expect(stack.one('aws_cloudwatch_metric_alarm', { alarm_name: 'workers-backlog' })).toMatchObject({
      threshold: 25,
      dimensions: { QueueName: stack.reference(stack.built.queue.queueName) },
    });
  });

  it('refuses a group whose min exceeds its desired capacity', () => {
    expect(() => synthesize({ minSize: 3 })).toThrow('minSize is 3; it must not exceed desiredCapacity (2).');
  });
});
