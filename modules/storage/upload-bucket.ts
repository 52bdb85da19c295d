import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { type ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';

import type { PolicyStatement } from '../policy-document';
import { policyDocument, tlsOnly } from '../policy-document';
import { type Prefixes, bucketNameProblems, prefixProblems, refuse } from '../validation';
import { PrivateBucketSettings } from './private-bucket-settings';
import { UploadBucketBase } from './upload-bucket-base';

/** Settings of an {@link UploadBucket}. */
export interface UploadBucketProps extends Prefixes {
  readonly bucketName: string;
  /**
   * Opens every object of the bucket to everyone on the internet: the public access block off, and the policy
   * `PublicReadObjects`. For a demonstration with files that anyone may see.
   *
   * @default false
   */
  readonly publicReadDemo?: boolean;
}

/** The bucket that uploads arrive in and results go to. */
export class UploadBucket extends UploadBucketBase {
  readonly bucketName: string;
  readonly arn: string;
  readonly uploadsPrefix: string;
  readonly processedPrefix: string;

  /** @throws ValidationError for a name that S3 refuses, or prefixes that are malformed or lie in one another. */
  constructor(scope: Construct, id: string, props: UploadBucketProps) {
    super(scope, id);
    const { bucketName, uploadsPrefix, processedPrefix, publicReadDemo = false } = props;
    refuse([...bucketNameProblems('bucketName', bucketName), ...prefixProblems(props)]);
    this.uploadsPrefix = uploadsPrefix;
    this.processedPrefix = processedPrefix;

    const bucket = new S3Bucket(this, 'bucket', { bucket: bucketName });
    this.bucketName = bucket.bucket;
    this.arn = bucket.arn;

    // Versions keep an upload that is overwritten while its task waits: the worker processes the version of the event.
    new S3BucketVersioningA(this, 'versioning', {
      bucket: bucket.id,
      versioningConfiguration: { status: 'Enabled' },
    });
    const settings = new PrivateBucketSettings(this, 'settings', {
      bucketId: bucket.id,
      publicPolicyAllowed: publicReadDemo,
    });
    new S3BucketPolicy(this, 'policy', {
      bucket: bucket.id,
      policy: policyDocument(
        tlsOnly('s3:*', [bucket.arn, `${bucket.arn}/*`]),
        ...(publicReadDemo ? [publicRead(bucket.arn)] : []),
      ),
      // S3 refuses a public policy while the block stands.
      dependsOn: [settings.publicAccessBlock],
    });
  }

  /**
   * Announces every object that is created under the uploads prefix, by whatever operation.
   *
   * @param allowed what must exist before S3 may publish: the topic's policy.
   */
  announceUploads(topicArn: string, allowed: ITerraformDependable): void {
    new S3BucketNotification(this, 'notification', {
      bucket: this.bucketName,
      topic: [{ id: 'uploads', topicArn, events: ['s3:ObjectCreated:*'], filterPrefix: this.uploadsPrefix }],
      dependsOn: [allowed],
    });
  }
}

function publicRead(bucketArn: string): PolicyStatement {
  return { Sid: 'PublicReadObjects', Principal: '*', Action: 's3:GetObject', Resource: `${bucketArn}/*` };
}
