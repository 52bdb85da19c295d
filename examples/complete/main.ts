import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, S3Backend, TerraformOutput, TerraformStack } from 'cdktf';
import { UploadPipeline } from 'upload-pipeline';

import { logBucket } from './log-bucket';

const region = 'us-east-2';
const bucketName = 'example-complete-uploads';
const namePrefix = 'complete';
const app = new App();
const stack = new TerraformStack(app, 'complete');
new AwsProvider(stack, 'aws', { region });

// The state is shared, encrypted, and locked by S3 itself.
new S3Backend(stack, {
  bucket: 'example-terraform-state',
  key: 'complete/terraform.tfstate',
  region,
  encrypt: true,
});
stack.addOverride('terraform.backend.s3.use_lockfile', true);

const logs = logBucket(stack, {
  name: `${bucketName}-logs`,
  uploadBucketName: bucketName,
  namePrefix,
  region,
});

const pipeline = new UploadPipeline(stack, 'pipeline', {
  namePrefix,
  region,
  availabilityZones: ['us-east-2a', 'us-east-2b', 'us-east-2c'],
  tags: { Team: 'films', CostCenter: '4711' },

  // Network
  cidrBlock: '10.20.0.0/16',
  flowLogBucketName: logs,

  // Storage
  bucketName,
  artifactBucketName: `${bucketName}-artifacts`,
  uploadsPrefix: 'uploads/',
  processedPrefix: 'processed/',
  encryptionKey: 'customer',
  accessLogBucketName: logs,
  corsOrigins: ['https://films.example'],
  notificationSuffixes: ['.mp4', '.mov', '.srt', '.png', '.jpg'],
  preventDestroy: true,

  // Messaging
  queueName: 'complete-tasks',
  longestTaskSeconds: 7_200,
  visibilityTimeoutSeconds: 300,
  maxReceiveCount: 20,
  rawMessageDelivery: true,

  // Compute: one worker on demand, the others spot; none at night
  nodeArtifact: require.resolve('upload-pipeline/node.tar.gz'),
  workerArtifact: require.resolve('upload-pipeline/worker.tar.gz'),
  instanceType: 'c7i.large',
  otherInstanceTypes: ['c7a.large', 'c6i.large', 'c6a.large', 'm7i.large', 'm6i.large'],
  onDemandBaseCapacity: 1,
  onDemandPercentageAboveBaseCapacity: 0,
  volumeSize: 100,
  maxInstanceLifetimeSeconds: 7 * 86_400,
  minSize: 2,
  desiredCapacity: 2,
  maxSize: 12,
  scaleOutThreshold: 10,
  backlogPerInstance: 20,
  schedule: [
    { name: 'morning', recurrence: '0 6 * * MON-FRI', minSize: 2, desiredCapacity: 4, maxSize: 12 },
    {
      name: 'night',
      recurrence: '0 22 * * *',
      timeZone: 'America/New_York',
      minSize: 1,
      desiredCapacity: 1,
      maxSize: 4,
    },
  ],

  // Web
  webTier: true,
  webArtifact: require.resolve('upload-pipeline/web.tar.gz'),
  webCertificateArn: 'arn:aws:acm:us-east-2:111122223333:certificate/11111111-2222-3333-4444-555555555555',
  webDeletionProtection: true,
  webAccessLogBucketName: logs,
  webMaxSize: 6,

  // Observability
  alarmEmail: 'films-on-call@example.com',
});

// What no prop covers is reached through the provider's resource.
pipeline.queue.resources.queue.addOverride('kms_data_key_reuse_period_seconds', 3600);

new TerraformOutput(stack, 'upload_bucket', { value: pipeline.bucket.bucketName });
new TerraformOutput(stack, 'dead_letter_queue_url', { value: pipeline.queue.deadLetterQueueUrl });
app.synth();
