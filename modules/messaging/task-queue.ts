import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import type { Construct } from 'constructs';

import { policyDocument, tlsOnly } from '../policy-document';
import {
  maxReceiveCountProblems,
  queueNameProblems,
  refuse,
  taskSecondsProblems,
  visibilityTimeoutProblems,
} from '../validation';
import { type QueueChoices, fromTopic, queueSettings } from './queue-settings';
import { TaskQueueBase } from './task-queue-base';

/** SQS's longest long poll: the fewest empty answers. */
const longestPoll = 20;

/** What a deployer may choose of a {@link TaskQueue}. */
export interface TaskQueueChoices {
  /** How long the longest task takes, in seconds; SQS hides a message for 12 hours at the most. @default 60 */
  readonly longestTaskSeconds?: number | undefined;
  /**
   * How long a received task stays hidden from other workers, in seconds. The worker extends it while it works, so it may be
   * shorter than the longest task: then the task of a worker that was killed comes back sooner.
   *
   * @default longestTaskSeconds: long enough for a worker that does not extend it
   */
  readonly visibilityTimeoutSeconds?: number | undefined;
  /** How often a task is received before it goes to the dead-letter queue. @default 10: with the worker's growing pauses, tasks outlast an outage of some minutes */
  readonly maxReceiveCount?: number | undefined;
}

/** Settings of a {@link TaskQueue}. */
export interface TaskQueueProps extends TaskQueueChoices, QueueChoices {
  /** Name of the queue; those of its dead-letter queues begin with it. */
  readonly queueName: string;
  /** The topic whose messages are the tasks. */
  readonly topicArn: string;
  /** AWS region that it stands in. */
  readonly region: string;
  /** Id of the AWS account. */
  readonly accountId: string;
}

/** The queue that remembers each task until it is done, and the queue for tasks that cannot be done. */
export class TaskQueue extends TaskQueueBase {
  readonly queueName: string;
  readonly url: string;
  readonly arn: string;
  readonly deadLetterQueueName: string;
  readonly deadLetterQueueUrl: string;
  readonly deadLetterQueueArn: string;
  readonly longestTaskSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly encryptionKeyArn: string | undefined;
  /** The provider's resources, for `addOverride`. */
  readonly resources: { readonly queue: SqsQueue; readonly deadLetterQueue: SqsQueue };

  /** @throws ValidationError for a name that SQS refuses, a FIFO queue, and numbers outside of SQS's limits. */
  constructor(scope: Construct, id: string, props: TaskQueueProps) {
    super(scope, id);
    const { queueName, topicArn, region, accountId, longestTaskSeconds = 60, maxReceiveCount = 10 } = props;
    const visibilityTimeoutSeconds = props.visibilityTimeoutSeconds ?? longestTaskSeconds;
    refuse([
      ...queueNameProblems('queueName', queueName),
      ...taskSecondsProblems(longestTaskSeconds),
      ...visibilityTimeoutProblems(visibilityTimeoutSeconds),
      ...maxReceiveCountProblems(maxReceiveCount),
    ]);
    this.longestTaskSeconds = longestTaskSeconds;
    this.visibilityTimeoutSeconds = visibilityTimeoutSeconds;
    this.encryptionKeyArn = props.encryptionKeyArn;
    const arnOf = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`;

    const deadLetterName = `${queueName}-dlq`;
    const deadLetterQueue = new SqsQueue(this, 'dead-letter-queue', {
      ...queueSettings(props),
      name: deadLetterName,
      policy: policyDocument(tlsOnly('sqs:*', arnOf(deadLetterName))),
      // By its name: the queue itself needs this one first.
      redriveAllowPolicy: JSON.stringify({
        redrivePermission: 'byQueue',
        sourceQueueArns: [arnOf(queueName)],
      }),
    });
    this.deadLetterQueueName = deadLetterName;
    this.deadLetterQueueUrl = deadLetterQueue.url;
    this.deadLetterQueueArn = deadLetterQueue.arn;

    // Policy and redrive stand in the queue and not in resources of their own: each of those would wait 25 s more.
    const queue = new SqsQueue(this, 'queue', {
      ...queueSettings(props),
      name: queueName,
      visibilityTimeoutSeconds,
      receiveWaitTimeSeconds: longestPoll,
      policy: policyDocument(fromTopic(arnOf(queueName), topicArn), tlsOnly('sqs:*', arnOf(queueName))),
      redrivePolicy: `{"deadLetterTargetArn":"${deadLetterQueue.arn}","maxReceiveCount":${maxReceiveCount}}`,
    });
    this.queueName = queueName;
    this.url = queue.url;
    this.arn = queue.arn;
    this.resources = { queue, deadLetterQueue };
  }
}
