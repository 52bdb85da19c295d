import { DescribeKeyCommand, type KeyMetadata, ListKeysCommand } from '@aws-sdk/client-kms';
import { GetBucketEncryptionCommand, HeadObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';

import { unlessAbsent } from './absent';
import { attributeOf } from './attributes';
import type { Cache } from './cache';
import type { Clients } from './clients';
import type { ObjectName } from './s3-operation';

/** The key of an object. */
export interface ObjectKey {
  readonly arn: string;
  /** With an S3 Bucket Key KMS is asked for the bucket and not for the object. */
  readonly ofBucket: boolean;
}

/** Which customer-managed KMS keys things are encrypted with. AWS's own keys are for everyone who may use the service. */
export class Keys {
  constructor(
    private readonly clients: Clients,
    private readonly cache: Cache,
  ) {}

  /** An object stays with the key that it was written with; `undefined` also for one that does not exist. */
  async ofObject({ bucket, key, versionId }: ObjectName): Promise<ObjectKey | undefined> {
    // Most labs have no key: they are spared a look at each object.
    if (!(await this.exist())) {
      return undefined;
    }
    try {
      const { SSEKMSKeyId, BucketKeyEnabled = false } = await this.clients.s3.send(
        new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
      );
      return await this.objectKey(SSEKMSKeyId, BucketKeyEnabled);
    } catch (error) {
      // Neither an object, nor an error with a body that would name it.
      if (error instanceof S3ServiceException && (error.$metadata.httpStatusCode ?? 500) < 500) {
        return undefined;
      }
      throw error;
    }
  }

  /** What a bucket encrypts new objects with that do not say it themselves. */
  async ofBucket(bucket: string): Promise<ObjectKey | undefined> {
    return this.cache.get(`key of bucket ${bucket}`, async () => {
      const answer = await unlessAbsent(
        this.clients.s3.send(new GetBucketEncryptionCommand({ Bucket: bucket })),
      );
      const rule = answer?.ServerSideEncryptionConfiguration?.Rules?.[0];
      return this.objectKey(
        rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
        rule?.BucketKeyEnabled ?? false,
      );
    });
  }

  /** @param keyId id, ARN or alias. */
  async objectKey(keyId: string | undefined, ofBucket: boolean): Promise<ObjectKey | undefined> {
    const arn = await this.customerManaged(keyId);
    return arn === undefined ? undefined : { arn, ofBucket };
  }

  /** ARN of what a queue or a topic encrypts with. */
  async ofTarget(arn: string): Promise<string | undefined> {
    return this.cache.get(`key of ${arn}`, async () =>
      this.customerManaged(await attributeOf(this.clients, arn, 'KmsMasterKeyId')),
    );
  }

  /**
   * ARN of a key; `undefined` for one that does not exist.
   *
   * @param keyId id, ARN or alias.
   */
  async arnOf(keyId: string): Promise<string | undefined> {
    return (await this.described(keyId))?.Arn;
  }

  private async exist(): Promise<boolean> {
    return this.cache.get('keys', async () => {
      const { Keys: keys = [] } = await this.clients.kms.send(new ListKeysCommand({ Limit: 1 }));
      return keys.length > 0;
    });
  }

  private async customerManaged(keyId: string | undefined): Promise<string | undefined> {
    if (keyId === undefined || keyId === '' || keyId.startsWith('alias/aws/')) {
      return undefined;
    }
    const key = await this.described(keyId);
    return key?.KeyManager === 'CUSTOMER' ? key.Arn : undefined;
  }

  private async described(keyId: string): Promise<KeyMetadata | undefined> {
    return this.cache.get(`key ${keyId}`, async () => {
      const answer = await unlessAbsent(this.clients.kms.send(new DescribeKeyCommand({ KeyId: keyId })));
      return answer?.KeyMetadata;
    });
  }
}
