import { DataAwsS3Bucket } from '@cdktf/provider-aws/lib/data-aws-s3-bucket';
import type { Construct } from 'constructs';

import { type Prefixes, bucketNameProblems, prefixProblems, refuse } from '../validation';
import { UploadBucketBase } from './upload-bucket-base';

/** Settings of an {@link ExistingUploadBucket}. */
export interface ExistingUploadBucketProps extends Prefixes {
  /** Name of the bucket. */
  readonly bucketName: string;
  /** Customer-managed KMS key of the bucket. @default none: S3's own keys */
  readonly encryptionKeyArn?: string;
}

/** A bucket that stands already: bring your own, with its own announcements of uploads. */
export class ExistingUploadBucket extends UploadBucketBase {
  readonly bucketName: string;
  readonly arn: string;
  readonly uploadsPrefix: string;
  readonly processedPrefix: string;
  readonly encryptionKeyArn: string | undefined;

  /** @throws ValidationError for a name that S3 refuses, or prefixes that are malformed or lie in one another. */
  constructor(scope: Construct, id: string, props: ExistingUploadBucketProps) {
    super(scope, id);
    const { bucketName, uploadsPrefix, processedPrefix } = props;
    refuse([...bucketNameProblems('bucketName', bucketName), ...prefixProblems(props)]);
    const bucket = new DataAwsS3Bucket(this, 'bucket', { bucket: bucketName });
    this.bucketName = bucketName;
    this.arn = bucket.arn;
    this.uploadsPrefix = uploadsPrefix;
    this.processedPrefix = processedPrefix;
    this.encryptionKeyArn = props.encryptionKeyArn;
  }
}
