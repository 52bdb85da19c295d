import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import type { TerraformStack } from 'cdktf';

/** Whose logs a bucket takes. */
export interface LogBucketProps {
  readonly name: string;
  readonly uploadBucketName: string;
  /** That of the pipeline. */
  readonly namePrefix: string;
  readonly region: string;
}

/**
 * Makes a bucket for the access logs of the upload bucket and of the load balancer, and for the flow logs of the network, and
 * gives its name. Logs go after a year.
 */
export function logBucket(
  stack: TerraformStack,
  { name, uploadBucketName, namePrefix, region }: LogBucketProps,
): string {
  const { id, arn } = new S3Bucket(stack, 'logs', { bucket: name });
  new S3BucketPublicAccessBlock(stack, 'logs-private', {
    bucket: id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  new S3BucketVersioningA(stack, 'logs-versioning', {
    bucket: id,
    versioningConfiguration: { status: 'Enabled' },
  });
  new S3BucketLifecycleConfiguration(stack, 'logs-lifecycle', {
    bucket: id,
    rule: [
      {
        id: 'a-year',
        status: 'Enabled',
        filter: [{ prefix: '' }],
        expiration: [{ days: 365 }],
        noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
      },
    ],
  });
  const { accountId } = new DataAwsCallerIdentity(stack, 'account');
  const policy = new S3BucketPolicy(stack, 'logs-policy', {
    bucket: id,
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'LetS3WriteLogs',
          Effect: 'Allow',
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: `${arn}/${uploadBucketName}/*`,
          Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:s3:::${uploadBucketName}` } },
        },
        {
          // Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
          Sid: 'LetLoadBalancerWriteLogs',
          Effect: 'Allow',
          Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: `${arn}/${namePrefix}-web/AWSLogs/${accountId}/*`,
        },
        {
          // Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
          Sid: 'LetNetworkWriteFlowLogs',
          Effect: 'Allow',
          Principal: { Service: 'delivery.logs.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: `${arn}/${namePrefix}/AWSLogs/${accountId}/*`,
          Condition: {
            StringEquals: { 'aws:SourceAccount': accountId, 's3:x-amz-acl': 'bucket-owner-full-control' },
            ArnLike: { 'aws:SourceArn': `arn:aws:logs:${region}:${accountId}:*` },
          },
        },
        {
          Sid: 'LetNetworkSeeTheBucket',
          Effect: 'Allow',
          Principal: { Service: 'delivery.logs.amazonaws.com' },
          Action: ['s3:GetBucketAcl', 's3:ListBucket'],
          Resource: arn,
          Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
        },
        {
          Sid: 'DenyInsecureTransport',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    }),
  });
  // By the policy's own attribute: whoever writes logs needs the policy first.
  return policy.bucket;
}
