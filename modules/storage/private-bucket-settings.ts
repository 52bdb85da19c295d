import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { Construct } from 'constructs';

/** Settings of {@link PrivateBucketSettings}. */
export interface PrivateBucketSettingsProps {
  readonly bucketId: string;
  /** Whether a bucket policy may open objects to everyone; ACLs never may. @default false */
  readonly publicPolicyAllowed?: boolean;
}

/** What every bucket here has: no public access, no ACLs, encryption at rest. */
export class PrivateBucketSettings extends Construct {
  readonly publicAccessBlock: S3BucketPublicAccessBlock;

  constructor(
    scope: Construct,
    id: string,
    { bucketId, publicPolicyAllowed = false }: PrivateBucketSettingsProps,
  ) {
    super(scope, id);
    this.publicAccessBlock = new S3BucketPublicAccessBlock(this, 'public-access-block', {
      bucket: bucketId,
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: !publicPolicyAllowed,
      restrictPublicBuckets: !publicPolicyAllowed,
    });
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket: bucketId,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: bucketId,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
    });
  }
}
