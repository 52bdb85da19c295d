import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { UploadPipeline } from 'upload-pipeline';

const region = 'us-east-2';
const app = new App();
const stack = new TerraformStack(app, 'minimal');
new AwsProvider(stack, 'aws', { region });

const { bucket } = new UploadPipeline(stack, 'pipeline', {
  namePrefix: 'minimal',
  region,
  availabilityZones: ['us-east-2a', 'us-east-2b'],
  bucketName: 'example-minimal-uploads',
  artifactBucketName: 'example-minimal-uploads-artifacts',
  queueName: 'minimal-tasks',
  uploadsPrefix: 'uploads/',
  processedPrefix: 'processed/',
  nodeArtifact: require.resolve('upload-pipeline/node.tar.gz'),
  workerArtifact: require.resolve('upload-pipeline/worker.tar.gz'),
  instanceType: 't3.small',
  minSize: 2,
  desiredCapacity: 2,
  maxSize: 4,
  scaleOutThreshold: 10,
});
new TerraformOutput(stack, 'upload_to', { value: `s3://${bucket.bucketName}/${bucket.uploadsPrefix}` });
app.synth();
