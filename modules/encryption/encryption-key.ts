import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';

import type { Grantee } from '../grantee';
import { type PolicyStatement, policyDocument, useOfKey } from '../policy-document';
import { protection } from '../protection';

/** Settings of an {@link EncryptionKey}. */
export interface EncryptionKeyProps {
  /** Its alias is `alias/<name>`. */
  readonly name: string;
  /** Id of the AWS account, whose IAM policies decide who else may use the key. */
  readonly accountId: string;
  /** Buckets whose announcements S3 may encrypt for a topic. */
  readonly bucketArns: readonly string[];
  /** Topics whose messages SNS may encrypt for a queue. */
  readonly topicArns: readonly string[];
  /** Alarms, also as patterns, which CloudWatch may encrypt for a topic. */
  readonly alarmArns: readonly string[];
  /** Makes Terraform refuse to destroy it: what it encrypted would be lost. @default false */
  readonly preventDestroy?: boolean | undefined;
}

/**
 * A customer-managed KMS key for a bucket, its topic and its queues, rotated once a year. Its own policy lets S3, SNS
 * and CloudWatch pass messages on, which a key of AWS's cannot. The `grant…` methods of buckets, topics and queues hand out what
 * their own use of the key needs; those of the key are for whoever uses it otherwise.
 */
export class EncryptionKey extends Construct {
  readonly arn: string;
  /** The provider's resources, for `addOverride`. */
  readonly resources: { readonly key: KmsKey; readonly alias: KmsAlias };

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    const { name, accountId, bucketArns, topicArns, alarmArns, preventDestroy = false } = props;
    const key = new KmsKey(this, 'key', {
      description: `Uploads, announcements and tasks of ${name}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: policyDocument(
        // Without it nobody could change the key any more; who may use it is then said by IAM policies.
        {
          Sid: 'LeaveTheRestToIam',
          Principal: { AWS: `arn:aws:iam::${accountId}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
        passOn('LetS3Announce', 's3.amazonaws.com', bucketArns, accountId),
        passOn('LetSnsDeliver', 'sns.amazonaws.com', topicArns, accountId),
        passOn('LetCloudWatchNotify', 'cloudwatch.amazonaws.com', alarmArns, accountId),
      ),
      ...protection(preventDestroy),
    });
    const alias = new KmsAlias(this, 'alias', { name: `alias/${name}`, targetKeyId: key.keyId });
    this.arn = key.arn;
    this.resources = { key, alias };
  }

  /** Lets a program read what the key encrypted: objects, messages of queues. */
  grantDecrypt(grantee: Grantee): void {
    grantee.grant(...useOfKey('DecryptWithKey', this.arn, 'decrypt'));
  }

  /** Lets a program write objects that the key encrypts; in parts, and to queues and topics, it needs to decrypt as well. */
  grantEncrypt(grantee: Grantee): void {
    grantee.grant(...useOfKey('EncryptWithKey', this.arn, 'encrypt'));
  }

  /** Lets a program read and write what the key encrypts: objects, also in parts, and messages of queues and topics. */
  grantEncryptDecrypt(grantee: Grantee): void {
    grantee.grant(...useOfKey('EncryptAndDecryptWithKey', this.arn, 'encryptDecrypt'));
  }
}

/**
 * Lets a service of AWS encrypt what it passes on for these sources.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#compatibility-with-aws-services
 */
function passOn(
  Sid: string,
  service: string,
  sourceArns: readonly string[],
  accountId: string,
): PolicyStatement {
  return {
    Sid,
    Principal: { Service: service },
    Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
    Resource: '*',
    Condition: {
      ArnLike: { 'aws:SourceArn': sourceArns },
      StringEquals: { 'aws:SourceAccount': accountId },
    },
  };
}
