import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';

import { Synthesized, statements } from '../testing/synthesized';
import { ValidationError } from '../validation';
import { UploadBucket, type UploadBucketProps } from './upload-bucket';

const props: UploadBucketProps = {
  bucketName: 'films-of-anna',
  uploadsPrefix: 'uploads/',
  processedPrefix: 'processed/',
};

const synthesize = (more: Partial<UploadBucketProps> = {}): Synthesized<UploadBucket> =>
  Synthesized.from((scope) => new UploadBucket(scope, 'bucket', { ...props, ...more }));

describe('an upload bucket', () => {
  it('lets nothing be public', () => {
    const stack = synthesize();
    expect(stack.one('aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_acls: true,
      ignore_public_acls: true,
      block_public_policy: true,
      restrict_public_buckets: true,
    });
    expect(Object.keys(statements(stack.one('aws_s3_bucket_policy').policy))).toEqual([
      'DenyInsecureTransport',
    ]);
  });

  it('opens its objects, and not its ACLs, for the public-read demo', () => {
    const stack = synthesize({ publicReadDemo: true });
    expect(stack.one('aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_acls: true,
      ignore_public_acls: true,
      block_public_policy: false,
      restrict_public_buckets: false,
    });
    const policy = stack.one('aws_s3_bucket_policy');
    expect(statements(policy.policy)).toMatchObject({
      DenyInsecureTransport: { Effect: 'Deny' },
      PublicReadObjects: {
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: `${String(stack.reference(stack.built.arn))}/*`,
      },
    });
    // S3 refuses the policy while the block stands.
    expect(policy.depends_on).toEqual([expect.stringContaining('aws_s3_bucket_public_access_block')]);
  });

  it('refuses what does not come over TLS', () => {
    const stack = synthesize();
    const arn = String(stack.reference(stack.built.arn));
    expect(statements(stack.one('aws_s3_bucket_policy').policy).DenyInsecureTransport).toEqual({
      Sid: 'DenyInsecureTransport',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [arn, `${arn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  it('knows no ACLs and encrypts at rest', () => {
    const stack = synthesize();
    expect(stack.one('aws_s3_bucket_ownership_controls').rule).toEqual({
      object_ownership: 'BucketOwnerEnforced',
    });
    expect(stack.one('aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } },
    ]);
  });

  it('keeps versions', () => {
    expect(synthesize().one('aws_s3_bucket_versioning').versioning_configuration).toEqual({
      status: 'Enabled',
    });
  });

  it('announces every kind of creation below the uploads prefix, once the topic lets it', () => {
    const stack = Synthesized.from((scope) => {
      const topic = new SnsTopic(scope, 'topic', {});
      new UploadBucket(scope, 'bucket', { ...props, uploadsPrefix: 'in/' }).announceUploads(topic.arn, topic);
      return topic;
    });
    expect(stack.one('aws_s3_bucket_notification')).toMatchObject({
      topic: [
        {
          topic_arn: stack.reference(stack.built.arn),
          events: ['s3:ObjectCreated:*'],
          filter_prefix: 'in/',
        },
      ],
      depends_on: [expect.stringContaining('aws_sns_topic')],
    });
  });

  it.each<[string, Partial<UploadBucketProps>, string]>([
    ['a name that S3 refuses', { bucketName: 'Films' }, 'bucketName is "Films"'],
    ['results that would be processed again', { processedPrefix: 'uploads/done/' }, 'processedPrefix is'],
    ['a prefix without a slash', { uploadsPrefix: 'uploads' }, 'uploadsPrefix is "uploads"'],
  ])('refuses %s', (_, more, message) => {
    expect(() => synthesize(more)).toThrow(ValidationError);
    expect(() => synthesize(more)).toThrow(message);
  });
});
