import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import type { Construct } from 'constructs';

import { type PolicyStatement, policyDocument, tlsOnly } from '../policy-document';
import { queueNameProblems, refuse, visibilityTimeoutProblems } from '../validation';
import { TaskQueueBase } from './task-queue-base';

/** SQS's longest: time enough to notice and to look. */
const fourteenDays = 1_209_600;

/** SQS's longest long poll: the fewest empty answers. */
const longestPoll = 20;

/** Settings of a {@link TaskQueue}. */
export interface TaskQueueProps {
  readonly queueName: string;
  /** The topic whose messages are the tasks. */
  readonly topicArn: string;
  readonly region: string;
  /** Id of the AWS account. */
  readonly accountId: string;
  /** How long a received task stays hidden from other workers, in seconds; a worker extends it while it works. @default 60 */
  readonly visibilityTimeoutSeconds?: number;
  /** How often a task is received before it goes to the dead-letter queue. @default 5 */
  readonly maxReceiveCount?: number;
}

/** The queue that remembers each task until it is done, and the queue for tasks that cannot be done. */
export class TaskQueue extends TaskQueueBase {
  readonly queueName: string;
  readonly url: string;
  readonly arn: string;
  readonly deadLetterQueueName: string;
  readonly deadLetterQueueUrl: string;
  readonly deadLetterQueueArn: string;
  readonly visibilityTimeoutSeconds: number;
  /** The provider's resources, for `addOverride`. */
  readonly resources: { readonly queue: SqsQueue; readonly deadLetterQueue: SqsQueue };

  /** @throws ValidationError for a name that SQS refuses, a FIFO queue, or a timeout outside of SQS's limits. */
  constructor(scope: Construct, id: string, props: TaskQueueProps) {
    super(scope, id);
    const {
      queueName,
      topicArn,
      region,
      accountId,
      visibilityTimeoutSeconds = 60,
      maxReceiveCount = 5,
    } = props;
    refuse([
      ...queueNameProblems('queueName', queueName),
      ...visibilityTimeoutProblems(visibilityTimeoutSeconds),
    ]);
    this.visibilityTimeoutSeconds = visibilityTimeoutSeconds;
    const arnOf = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`;

    const deadLetterName = `${queueName}-dlq`;
    const deadLetters = new SqsQueue(this, 'dead-letter-queue', {
      name: deadLetterName,
      messageRetentionSeconds: fourteenDays,
      sqsManagedSseEnabled: true,
      policy: policyDocument(tlsOnly('sqs:*', arnOf(deadLetterName))),
      // By its name: the queue itself needs this one first.
      redriveAllowPolicy: JSON.stringify({
        redrivePermission: 'byQueue',
        sourceQueueArns: [arnOf(queueName)],
      }),
    });
    this.deadLetterQueueName = deadLetterName;
    this.deadLetterQueueUrl = deadLetters.url;
    this.deadLetterQueueArn = deadLetters.arn;

    // Policy and redrive stand in the queue and not in resources of their own: each of those would wait 25 s more.
    const queue = new SqsQueue(this, 'queue', {
      name: queueName,
      visibilityTimeoutSeconds,
      receiveWaitTimeSeconds: longestPoll,
      messageRetentionSeconds: fourteenDays,
      sqsManagedSseEnabled: true,
      policy: policyDocument(fromTopic(arnOf(queueName), topicArn), tlsOnly('sqs:*', arnOf(queueName))),
      redrivePolicy: `{"deadLetterTargetArn":"${deadLetters.arn}","maxReceiveCount":${maxReceiveCount}}`,
    });
    this.queueName = queueName;
    this.url = queue.url;
    this.arn = queue.arn;
    this.resources = { queue, deadLetterQueue: deadLetters };
  }
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
