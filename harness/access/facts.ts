import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetBucketEncryptionCommand, GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';

import type { Cache } from './cache';
import type { Clients } from './clients';
import type { Context } from './requirement';

/** One object, or one version of it. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** An Auto Scaling group as policies speak of it. */
export interface GroupFacts {
  readonly arn: string;
  /** Its tags, as condition keys. */
  readonly tags: Context;
}

/** What a request does not tell and AWS knows: ARNs, tags, keys. */
export class Facts {
  constructor(
    private readonly clients: Clients,
    private readonly cache: Cache,
  ) {}

  /** `undefined` for a group that does not exist. */
  async group(name: string): Promise<GroupFacts | undefined> {
    return this.cache.get(`group ${name}`, async () => {
      const { AutoScalingGroups } = await this.clients.autoScaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
      );
      const group = AutoScalingGroups?.[0];
      if (group?.AutoScalingGroupARN === undefined) {
        return undefined;
      }
      const tags = (group.Tags ?? []).flatMap(({ Key, Value }) => [
        [`aws:ResourceTag/${Key ?? ''}`, Value ?? ''],
        [`autoscaling:ResourceTag/${Key ?? ''}`, Value ?? ''],
      ]);
      return { arn: group.AutoScalingGroupARN, tags: Object.fromEntries(tags) as Context };
    });
  }

  /** Whether an object has tags; asked anew each time, since tags come with objects. */
  async hasTags({ bucket, key, versionId }: ObjectName): Promise<boolean> {
    try {
      const { TagSet } = await this.clients.s3.send(
        new GetObjectTaggingCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
      );
      return (TagSet ?? []).length > 0;
    } catch {
      return false;
    }
  }

  /** ARN of the customer-managed key that a bucket encrypts with, if any. */
  async keyOfBucket(bucket: string): Promise<string | undefined> {
    return this.cache.get(`key of bucket ${bucket}`, async () => {
      try {
        const { ServerSideEncryptionConfiguration } = await this.clients.s3.send(
          new GetBucketEncryptionCommand({ Bucket: bucket }),
        );
        const rule = ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
        return await this.keyArn(rule?.KMSMasterKeyID);
      } catch {
        return undefined;
      }
    });
  }

  /** ARN of the customer-managed key that a queue or a topic encrypts with, if any. */
  async keyOfTarget(arn: string): Promise<string | undefined> {
    return this.cache.get(`key of ${arn}`, async () => {
      try {
        return await this.keyArn(await this.masterKeyOf(arn));
      } catch {
        return undefined;
      }
    });
  }

  private async masterKeyOf(arn: string): Promise<string | undefined> {
    const { sns, sqs } = this.clients;
    if (arn.startsWith('arn:aws:sns:')) {
      return (await sns.send(new GetTopicAttributesCommand({ TopicArn: arn }))).Attributes?.KmsMasterKeyId;
    }
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['KmsMasterKeyId'] }),
    );
    return Attributes?.KmsMasterKeyId;
  }

  /** AWS's own keys are for everyone of the account who may use the service. */
  private async keyArn(keyId: string | undefined): Promise<string | undefined> {
    if (keyId === undefined || keyId.startsWith('alias/aws/')) {
      return undefined;
    }
    const { KeyMetadata } = await this.clients.kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    return KeyMetadata?.KeyManager === 'CUSTOMER' ? KeyMetadata.Arn : undefined;
  }
}
