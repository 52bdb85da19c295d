import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';

import { policyDocument, tlsOnly } from '../policy-document';
import { bucketNameProblems, refuse } from '../validation';
import { PrivateBucketSettings } from './private-bucket-settings';

/** Settings of an {@link ArtifactBucket}. */
export interface ArtifactBucketProps {
  /** Name of the bucket, unique among all of AWS. */
  readonly bucketName: string;
}

/** A file that instances download when they boot. */
export interface Artifact {
  readonly key: string;
  readonly arn: string;
  /** `s3://bucket/key` */
  readonly s3Uri: string;
  /** Command of bash that succeeds where the AMI has already what the file holds. @default none: it is always fetched */
  readonly unless?: string | undefined;
  /** What must exist before an instance can boot from it. */
  readonly object: S3Object;
}

/** Where instances get their software from: apart from the uploads, so that nobody who may upload can replace it. */
export class ArtifactBucket extends Construct {
  readonly settings: PrivateBucketSettings;
  /** The provider's resources, for `addOverride`; those of `settings` stand there. */
  readonly resources: { readonly bucket: S3Bucket; readonly policy: S3BucketPolicy };

  private readonly bucket: S3Bucket;

  /** @throws ValidationError for a name that S3 refuses. */
  constructor(scope: Construct, id: string, { bucketName }: ArtifactBucketProps) {
    super(scope, id);
    refuse(bucketNameProblems('artifactBucketName', bucketName));
    // Everything in it comes from a build and can be uploaded again.
    this.bucket = new S3Bucket(this, 'bucket', { bucket: bucketName, forceDestroy: true });
    this.settings = new PrivateBucketSettings(this, 'settings', { bucketId: this.bucket.id });
    const policy = new S3BucketPolicy(this, 'policy', {
      bucket: this.bucket.id,
      policy: policyDocument(tlsOnly('s3:*', [this.bucket.arn, `${this.bucket.arn}/*`])),
      dependsOn: [this.settings.resources.publicAccessBlock],
    });
    this.resources = { bucket: this.bucket, policy };
  }

  /**
   * Uploads a file under a key that carries its hash: a new build is a new key, and so a new launch template version.
   *
   * @param unless as {@link Artifact.unless}
   */
  add(name: string, file: string, unless?: string): Artifact {
    const asset = new TerraformAsset(this, name, { path: file, type: AssetType.FILE });
    const object = new S3Object(this, `${name}-object`, {
      bucket: this.bucket.id,
      key: `${name}/${asset.assetHash}.tar.gz`,
      source: asset.path,
      contentType: 'application/gzip',
      // Instances of the version before may still be booting.
      lifecycle: { createBeforeDestroy: true },
    });
    return {
      key: object.key,
      arn: `${this.bucket.arn}/${object.key}`,
      s3Uri: `s3://${this.bucket.bucket}/${object.key}`,
      unless,
      object,
    };
  }
}
