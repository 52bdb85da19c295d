import { UploadPipeline, type UploadPipelineProps } from './pipeline';
import { Synthesized } from './testing/synthesized';

const props: UploadPipelineProps = {
  namePrefix: 'films',
  region: 'us-east-2',
  availabilityZones: ['us-east-2a', 'us-east-2b'],
  bucketName: 'films-of-anna',
  artifactBucketName: 'films-of-anna-artifacts',
  queueName: 'film-tasks',
  uploadsPrefix: 'uploads/',
  processedPrefix: 'processed/',
  minSize: 2,
  desiredCapacity: 2,
  maxSize: 4,
  workerArtifact: __filename,
  instanceType: 't3.small',
  scaleOutThreshold: 10,
};

const synthesize = (more: Partial<UploadPipelineProps> = {}): Synthesized<UploadPipeline> =>
  Synthesized.from((scope) => new UploadPipeline(scope, 'pipeline', { ...props, ...more }));

describe('an upload pipeline', () => {
  it('leads from the bucket over the topic to the queue', () => {
    const stack = synthesize();
    const { topic, queue } = stack.built;
    expect(stack.one('aws_s3_bucket_notification')).toMatchObject({
      topic: [{ topic_arn: stack.reference(topic.arn), filter_prefix: 'uploads/' }],
      depends_on: [expect.stringContaining('aws_sns_topic_policy')],
    });
    expect(stack.one('aws_sns_topic_subscription')).toMatchObject({
      topic_arn: stack.reference(topic.arn),
      endpoint: stack.reference(queue.arn),
    });
  });

  it('begins its names with its prefix, so that two pipelines live in one account', () => {
    const stack = synthesize();
    for (const type of ['aws_autoscaling_group', 'aws_iam_role', 'aws_launch_template', 'aws_sns_topic']) {
      expect(stack.one(type).name).toMatch(/^films-/);
    }
  });

  it('delivers the worker alone', () => {
    expect(synthesize().all('aws_s3_object')).toHaveLength(1);
  });

  it('delivers ffmpeg where its archive is given', () => {
    expect(
      synthesize({ mediaArtifact: __filename })
        .all('aws_s3_object')
        .map(({ key }) => key),
    ).toEqual([expect.stringMatching(/^media\//), expect.stringMatching(/^worker\//)]);
  });

  it('keeps uploads private', () => {
    const blocks = synthesize().all('aws_s3_bucket_public_access_block');
    expect(blocks.map((block) => block.block_public_policy)).toEqual([true, true]);
  });

  it('opens the upload bucket, and never the artifacts, for the public-read demo', () => {
    const stack = synthesize({ publicReadDemo: true });
    expect(stack.one('aws_s3_bucket_public_access_block', { block_public_policy: false }).bucket).toMatch(
      /aws_s3_bucket\.pipeline_uploads_/,
    );
    expect(stack.one('aws_s3_bucket_public_access_block', { block_public_policy: true }).bucket).toMatch(
      /aws_s3_bucket\.pipeline_artifacts_/,
    );
  });
});
