import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';

import type { Grantee } from '../grantee';
import type { PolicyStatement } from '../policy-document';
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

  it('announces only the endings that are asked for', () => {
    const stack = Synthesized.from((scope) => {
      const topic = new SnsTopic(scope, 'topic', {});
      new UploadBucket(scope, 'bucket', { ...props, notificationSuffixes: ['.mp4'] }).announceUploads(
        topic.arn,
        topic,
      );
    });
    expect(stack.one('aws_s3_bucket_notification').topic).toMatchObject([
      { id: 'uploads', filter_prefix: 'uploads/', filter_suffix: '.mp4' },
      { id: 'uploads-2', filter_prefix: 'uploads/', filter_suffix: '.MP4' },
    ]);
  });

  it('warns of what the public-read demo opens', () => {
    const warnings = (more: Partial<UploadBucketProps>): unknown[] =>
      synthesize(more).built.node.metadata.map(({ data }) => data as unknown);
    expect(warnings({})).toEqual([]);
    expect(warnings({ publicReadDemo: true })).toEqual([
      'publicReadDemo is on: everyone on the internet can read every object of films-of-anna, uploads and results.',
    ]);
  });

  it('tidies up by itself', () => {
    expect(
      synthesize({ incompleteUploadDays: 3 }).one('aws_s3_bucket_lifecycle_configuration'),
    ).toMatchObject({
      rule: expect.arrayContaining([
        expect.objectContaining({ abort_incomplete_multipart_upload: [{ days_after_initiation: 3 }] }),
      ]) as unknown,
      depends_on: [expect.stringContaining('aws_s3_bucket_versioning')],
    });
  });

  it('is encrypted by the key that is given', () => {
    const stack = synthesize({ encryptionKeyArn: 'arn:key' });
    expect(stack.one('aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
      {
        apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: 'arn:key' },
        bucket_key_enabled: true,
      },
    ]);
  });

  it('writes no access logs', () => {
    expect(synthesize().all('aws_s3_bucket_logging')).toEqual([]);
  });

  it('writes access logs where asked, below its own name', () => {
    expect(synthesize({ accessLogBucketName: 'the-logs' }).one('aws_s3_bucket_logging')).toMatchObject({
      target_bucket: 'the-logs',
      target_prefix: 'films-of-anna/',
    });
  });

  it('lets no page of another origin in', () => {
    expect(synthesize().all('aws_s3_bucket_cors_configuration')).toEqual([]);
  });

  it('lets pages of the given origins upload and read, also of those that are known later', () => {
    const stack = Synthesized.from((scope) => {
      const bucket = new UploadBucket(scope, 'bucket', { ...props, corsOrigins: ['https://films.example'] });
      bucket.allowOrigins('http://later.example');
    });
    expect(stack.one('aws_s3_bucket_cors_configuration').cors_rule).toEqual([
      {
        allowed_origins: ['https://films.example', 'http://later.example'],
        allowed_methods: ['GET', 'HEAD', 'PUT', 'POST'],
        allowed_headers: ['*'],
        expose_headers: ['ETag'],
        max_age_seconds: 3600,
      },
    ]);
  });

  it('keeps what is in it: no destroying what is not empty', () => {
    const bucket = synthesize().one('aws_s3_bucket');
    expect(bucket.force_destroy).toBe(false);
    expect(bucket.lifecycle).toBeUndefined();
  });

  it('is destroyed with what is in it, when asked', () => {
    expect(synthesize({ forceDestroy: true }).one('aws_s3_bucket').force_destroy).toBe(true);
  });

  it('makes a plan fail that would destroy it, when asked', () => {
    expect(synthesize({ preventDestroy: true }).one('aws_s3_bucket').lifecycle).toEqual({
      prevent_destroy: true,
    });
  });

  describe('grants', () => {
    const granted = (
      grant: (bucket: UploadBucket, grantee: Grantee) => void,
      more: Partial<UploadBucketProps> = {},
    ): Record<string, PolicyStatement> => {
      const statementsOf: PolicyStatement[] = [];
      const stack = synthesize(more);
      grant(stack.built, { grant: (...statements) => statementsOf.push(...statements) });
      return Object.fromEntries(
        statementsOf.map((statement) => [
          statement.Sid,
          { ...statement, Resource: stack.reference(statement.Resource) as string },
        ]),
      );
    };

    it('a web fleet uploads, and nothing else', () => {
      expect(
        granted((bucket, grantee) => {
          bucket.grantUpload(grantee);
        }),
      ).toEqual({
        Upload: {
          Sid: 'Upload',
          Action: 's3:PutObject',
          Resource: expect.stringMatching(/\/uploads\/\*$/) as string,
        },
      });
    });

    it('a web fleet the names under both prefixes, and no others', () => {
      expect(
        granted((bucket, grantee) => {
          bucket.grantList(grantee);
        }),
      ).toMatchObject({
        List: {
          Action: 's3:ListBucket',
          Condition: { StringLike: { 's3:prefix': ['uploads/*', 'processed/*'] } },
        },
      });
    });

    it('a web fleet results, and nothing else', () => {
      expect(
        granted((bucket, grantee) => {
          bucket.grantReadResults(grantee);
        }),
      ).toEqual({
        ReadResults: {
          Sid: 'ReadResults',
          Action: 's3:GetObject',
          Resource: expect.stringMatching(/\/processed\/\*$/) as string,
        },
      });
    });

    it('the use of its key, where it has one', () => {
      const encrypted = { encryptionKeyArn: 'arn:key' };
      expect(
        granted((bucket, grantee) => {
          bucket.grantProcess(grantee);
        }, encrypted),
      ).toMatchObject({
        WriteEncrypted: { Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: 'arn:key' },
      });
      expect(
        granted((bucket, grantee) => {
          bucket.grantUpload(grantee);
        }, encrypted),
      ).toMatchObject({ UploadEncrypted: { Action: ['kms:GenerateDataKey'], Resource: 'arn:key' } });
      expect(
        granted((bucket, grantee) => {
          bucket.grantReadResults(grantee);
        }, encrypted),
      ).toMatchObject({ ReadEncrypted: { Action: ['kms:Decrypt'], Resource: 'arn:key' } });
    });
  });

  it('knows its metrics, which S3 tells once a day', () => {
    const { built } = synthesize();
    expect(built.metricObjects()).toMatchObject({
      namespace: 'AWS/S3',
      metricName: 'NumberOfObjects',
      dimensions: { StorageType: 'AllStorageTypes' },
      statistic: 'Average',
      period: 86_400,
    });
    expect(built.metricBytes()).toMatchObject({
      metricName: 'BucketSizeBytes',
      dimensions: { StorageType: 'StandardStorage' },
    });
    expect(built.metricBytes('StandardIAStorage', { statistic: 'Maximum' })).toMatchObject({
      dimensions: { StorageType: 'StandardIAStorage' },
      statistic: 'Maximum',
    });
  });

  it.each<[string, Partial<UploadBucketProps>, string]>([
    ['a name that S3 refuses', { bucketName: 'Films' }, 'bucketName is "Films"'],
    ['results that would be processed again', { processedPrefix: 'uploads/done/' }, 'processedPrefix is'],
    ['filters that overlap', { notificationSuffixes: ['.gz', '.tar.gz'] }, 'notificationSuffixes is'],
    ['logs in no bucket', { accessLogBucketName: 'Logs' }, 'accessLogBucketName is "Logs"'],
    ['an origin that is none', { corsOrigins: ['*'] }, 'corsOrigins is ["*"]'],
    [
      'to keep and to lose what is in it',
      { forceDestroy: true, preventDestroy: true },
      'forceDestroy is true; preventDestroy is on',
    ],
    ['a prefix without a slash', { uploadsPrefix: 'uploads' }, 'uploadsPrefix is "uploads"'],
  ])('refuses %s', (_, more, message) => {
    expect(() => synthesize(more)).toThrow(ValidationError);
    expect(() => synthesize(more)).toThrow(message);
  });
});
