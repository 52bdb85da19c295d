import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import {
  ArtifactBucket,
  ExistingTaskQueue,
  ExistingUploadBucket,
  Network,
  WorkerFleet,
} from 'upload-pipeline';

const region = 'us-east-2';
const app = new App();
const stack = new TerraformStack(app, 'worker-only');
new AwsProvider(stack, 'aws', { region });
const { accountId } = new DataAwsCallerIdentity(stack, 'account');

const bucket = new ExistingUploadBucket(stack, 'films', {
  bucketName: 'films-that-stand-already',
  uploadsPrefix: 'incoming/',
  processedPrefix: 'done/',
});
const queue = new ExistingTaskQueue(stack, 'tasks', {
  queueName: 'tasks-that-stand-already',
  deadLetterQueueName: 'failures-that-stand-already',
  longestTaskSeconds: 1_800,
});
const artifacts = new ArtifactBucket(stack, 'artifacts', { bucketName: 'example-worker-only-artifacts' });

const workers = new WorkerFleet(stack, 'workers', {
  name: 'worker-only',
  region,
  accountId,
  network: new Network(stack, 'network', {
    name: 'worker-only',
    region,
    availabilityZones: ['us-east-2a', 'us-east-2b'],
    interfaceServices: ['sqs', 'autoscaling', 'ssm', 'ssmmessages', 'events'],
  }),
  bucket,
  queue,
  artifacts: [
    artifacts.add('node', require.resolve('upload-pipeline/node.tar.gz')),
    artifacts.add('worker', require.resolve('upload-pipeline/worker.tar.gz')),
  ],
  instanceType: 't3.small',
  minSize: 1,
  desiredCapacity: 1,
  maxSize: 10,
  scaling: { policyType: 'TargetTrackingScaling', backlogPerInstance: 50 },
});

// A processor of one's own that publishes to EventBridge needs one permission more, and the endpoint above.
workers.role.grant({
  Sid: 'TellOthers',
  Action: 'events:PutEvents',
  Resource: `arn:aws:events:${region}:${accountId}:event-bus/films`,
});
new TerraformOutput(stack, 'worker_group', { value: workers.groupName });
app.synth();
