import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { Construct } from 'constructs';

/** Settings of {@link PrivateBucketSettings}. */
export interface PrivateBucketSettingsProps {
  readonly bucketId: string;
  /** Whether a bucket policy may open objects to everyone; ACLs never may. @default false */
  readonly publicPolicyAllowed?: boolean | undefined;
  /** KMS key that encrypts the objects. @default S3's own keys (AES-256) */
  readonly encryptionKeyArn?: string | undefined;
}

/** What every bucket here has: no public access, no ACLs, encryption at rest. */
export class PrivateBucketSettings extends Construct {
  /** The provider's resources, for `addOverride`. S3 refuses a public policy before `publicAccessBlock` allows it. */
  readonly resources: {
    readonly publicAccessBlock: S3BucketPublicAccessBlock;
    readonly ownershipControls: S3BucketOwnershipControls;
    readonly encryption: S3BucketServerSideEncryptionConfigurationA;
  };

  constructor(
    scope: Construct,
    id: string,
    { bucketId, publicPolicyAllowed = false, encryptionKeyArn }: PrivateBucketSettingsProps,
  ) {
    super(scope, id);
    const publicAccessBlock = new S3BucketPublicAccessBlock(this, 'public-access-block', {
      bucket: bucketId,
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: !publicPolicyAllowed,
      restrictPublicBuckets: !publicPolicyAllowed,
    });
    const ownershipControls = new S3BucketOwnershipControls(this, 'ownership', {
      bucket: bucketId,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    const encryption = new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: bucketId,
      rule: [encryptionRule(encryptionKeyArn)],
    });
    this.resources = { publicAccessBlock, ownershipControls, encryption };
  }
}

/** A bucket key makes one call of KMS do for many objects. */
function encryptionRule(kmsMasterKeyId: string | undefined) {
  return kmsMasterKeyId === undefined
    ? { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
    : {
        applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId },
        bucketKeyEnabled: true,
      };
}
