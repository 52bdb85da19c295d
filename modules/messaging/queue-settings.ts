import type { SqsQueueConfig } from '@cdktf/provider-aws/lib/sqs-queue';

import type { PolicyStatement } from '../policy-document';
import { protection } from '../protection';

/** SQS's longest: time enough to notice and to look. */
const fourteenDays = 1_209_600;

/** What a deployer may choose of every queue. */
export interface QueueChoices {
  /** Customer-managed KMS key that encrypts the messages; its policy must let SNS use it. @default keys of SQS's own */
  readonly encryptionKeyArn?: string | undefined;
  /** Makes every plan fail that would destroy a queue, and with it the tasks in it. @default false */
  readonly preventDestroy?: boolean | undefined;
}

/** What every queue here has: messages stay for 14 days, encrypted. */
export function queueSettings({
  encryptionKeyArn,
  preventDestroy = false,
}: QueueChoices): Pick<
  SqsQueueConfig,
  'messageRetentionSeconds' | 'sqsManagedSseEnabled' | 'kmsMasterKeyId' | 'lifecycle'
> {
  return {
    messageRetentionSeconds: fourteenDays,
    ...(encryptionKeyArn === undefined
      ? { sqsManagedSseEnabled: true }
      : { kmsMasterKeyId: encryptionKeyArn }),
    ...protection(preventDestroy),
  };
}

/** Lets one topic, and no other, send to a queue. */
export function fromTopic(queueArn: string, topicArn: string): PolicyStatement {
  return {
    Sid: 'AllowTopic',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
  };
}
