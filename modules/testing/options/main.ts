import { join } from 'node:path';

import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { App, TerraformOutput, TerraformStack } from 'cdktf';

import {
  EncryptionKey,
  ExistingTaskQueue,
  ExistingUploadBucket,
  InstanceFleet,
  Network,
  Observability,
  UploadPipeline,
  WorkerFleet,
  awsProvider,
  workerService,
} from '../..';

// Every option of every construct, in one stack: harness/terraform/options.integration.test.ts applies it and looks for the
// effect of each. Three architectures in one account: everything on; the other sides; and tiers of one's own choice.

const region = 'us-east-2';
const dist = join(__dirname, '../../../dist');
const workerArtifact = join(dist, 'worker.tar.gz');

const app = new App();
const stack = new TerraformStack(app, 'options');
awsProvider(stack, { region, endpoint: process.env.UPLOAD_PIPELINE_ENDPOINT });
const { accountId } = new DataAwsCallerIdentity(stack, 'account');
const logs = new S3Bucket(stack, 'logs', { bucket: 'options-logs', forceDestroy: true });
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
const logsPolicy = new S3BucketPolicy(stack, 'logs-policy', {
  bucket: logs.bucket,
  policy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: `${logs.arn}/first-web/AWSLogs/${accountId}/*`,
      },
    ],
  }),
});
const operators = new SnsTopic(stack, 'operators', { name: 'options-operators' });

const first = new UploadPipeline(stack, 'first', {
  namePrefix: 'first',
  region,
  availabilityZones: ['us-east-2a', 'us-east-2b', 'us-east-2c'],
  tags: { Team: 'films', CostCenter: '4711' },
  flowLogBucketName: logs.bucket,

  bucketName: 'first-uploads',
  artifactBucketName: 'first-artifacts',
  uploadsPrefix: 'uploads/',
  processedPrefix: 'processed/',
  encryptionKey: 'customer',
  accessLogBucketName: logs.bucket,
  corsOrigins: ['https://films.example'],
  notificationPrefixes: ['uploads/films/', 'uploads/notes/'],
  notificationSuffixes: ['.mp4', '.txt'],
  incompleteUploadDays: 3,
  noncurrentVersionDays: 60,
  processedStorageClass: 'STANDARD_IA',
  processedTransitionDays: 45,
  preventDestroy: true,

  queueName: 'first-tasks',
  longestTaskSeconds: 7_200,
  visibilityTimeoutSeconds: 300,
  maxReceiveCount: 3,
  rawMessageDelivery: true,

  nodeArtifact: join(dist, 'node.tar.gz'),
  workerArtifact,
  tasksPerInstance: 4,
  workerSettings: { LOG_LEVEL: 'debug', METRICS_NAMESPACE: 'first/workers' },
  instanceType: 'c7i.large',
  otherInstanceTypes: ['c7a.large', 'c6i.large'],
  onDemandBaseCapacity: 1,
  onDemandPercentageAboveBaseCapacity: 25,
  volumeSize: 100,
  maxInstanceLifetimeSeconds: 604_800,
  refreshAlarmNames: ['first-dead-letters'],
  minSize: 1,
  desiredCapacity: 1,
  maxSize: 4,
  scaleOutThreshold: 10,
  backlogPerInstance: 20,
  schedule: [
    { name: 'morning', recurrence: '0 6 * * MON-FRI', minSize: 2, desiredCapacity: 3, maxSize: 4 },
    {
      name: 'night',
      recurrence: '0 22 * * *',
      timeZone: 'America/New_York',
      minSize: 1,
      desiredCapacity: 1,
      maxSize: 2,
    },
  ],

  webTier: true,
  webArtifact: join(dist, 'web.tar.gz'),
  webMinSize: 1,
  webDesiredCapacity: 1,
  webMaxSize: 3,
  webRequestsPerTarget: 500,
  webCertificateArn: 'arn:aws:acm:us-east-2:000000000000:certificate/11111111-2222-3333-4444-555555555555',
  webDeletionProtection: true,
  webAccessLogBucketName: logsPolicy.bucket,

  alarmEmail: 'operators@films.example',
  alarmTopicArn: operators.arn,
  runbookUrl: 'https://films.example/runbook',
  oldestTaskSeconds: 1_200,
  timeToDrainSeconds: 1_800,
});

const key = new EncryptionKey(stack, 'key', {
  name: 'second',
  accountId,
  bucketArns: ['arn:aws:s3:::second-uploads'],
  topicArns: [`arn:aws:sns:${region}:${accountId}:second-uploads`],
  alarmArns: [],
});
// No instance of it runs: there is no such AMI or key pair here, and no mirror of packages.
const second = new UploadPipeline(stack, 'second', {
  namePrefix: 'second',
  region,
  availabilityZones: ['us-east-2a', 'us-east-2b'],
  bucketName: 'second-uploads',
  artifactBucketName: 'second-artifacts',
  uploadsPrefix: 'in/',
  processedPrefix: 'out/',
  encryptionKey: key.arn,
  publicReadDemo: true,
  forceDestroy: true,
  queueName: 'second-tasks',
  workerArtifact,
  nodeArtifact: workerArtifact,
  nodeVersion: '22.23.3',
  mediaArtifact: workerArtifact,
  instanceType: 't4g.small',
  architecture: 'arm64',
  imageId: 'ami-0123456789abcdef0',
  keyPairName: 'anna',
  packages: ['jq', 'sox'],
  minSize: 0,
  desiredCapacity: 0,
  maxSize: 2,
  scaleOutThreshold: 10,
  observability: false,
});

const network = new Network(stack, 'network', {
  name: 'third',
  region,
  availabilityZones: ['us-east-2a', 'us-east-2b'],
  cidrBlock: '10.64.0.0/16',
  interfaceServices: ['sqs', 'autoscaling'],
});
const queue = new ExistingTaskQueue(stack, 'tasks', {
  queueName: second.queue.resources.queue.name,
  deadLetterQueueName: second.queue.resources.deadLetterQueue.name,
  longestTaskSeconds: 1_800,
  visibilityTimeoutSeconds: 90,
  encryptionKeyArn: key.arn,
});
const size = { instanceType: 't3.small', minSize: 0, desiredCapacity: 0, maxSize: 1 };
const artifacts = [
  first.artifacts.add('third-node', join(dist, 'node.tar.gz')),
  first.artifacts.add('third', workerArtifact),
];
const workers = new WorkerFleet(stack, 'workers', {
  ...size,
  name: 'third',
  region,
  accountId,
  network,
  bucket: new ExistingUploadBucket(stack, 'films', {
    bucketName: second.bucket.resources.bucket.id,
    uploadsPrefix: 'incoming/',
    processedPrefix: 'done/',
    encryptionKeyArn: key.arn,
  }),
  queue,
  artifacts,
  scaling: { policyType: 'StepScaling', scaleOutThreshold: 5 },
  warmPool: { poolState: 'Running', minSize: 1, maxGroupPreparedCapacity: 1, reuseOnScaleIn: true },
});
new InstanceFleet(stack, 'converters', {
  ...size,
  name: 'fourth',
  region,
  network,
  securityGroup: { id: 'converters', description: 'Converters: nothing comes in' },
  artifacts,
  service: { unit: 'converter.service', description: 'Converter', program: 'bin/converter', environment: {} },
  drainSeconds: 600,
});
new Observability(stack, 'observability', {
  name: 'third',
  region,
  accountId,
  queue,
  workers: workers.instances,
});

const outputs = {
  region,
  upload_bucket: first.bucket.bucketName,
  uploads_prefix: first.bucket.uploadsPrefix,
  processed_prefix: first.bucket.processedPrefix,
  topic_arn: first.topic.arn,
  queue_name: first.queue.queueName,
  queue_url: first.queue.url,
  queue_arn: first.queue.arn,
  dead_letter_queue_url: first.queue.deadLetterQueueUrl,
  worker_group_name: first.workers.groupName,
  worker_launch_template_id: first.workers.launchTemplateId,
  worker_service: workerService,
};
for (const [name, value] of Object.entries(outputs)) {
  new TerraformOutput(stack, name, { value, staticId: true });
}
app.synth();
