import { DataAwsSqsQueue } from '@cdktf/provider-aws/lib/data-aws-sqs-queue';
import type { Construct } from 'constructs';

import { queueNameProblems, refuse, taskSecondsProblems, visibilityTimeoutProblems } from '../validation';
import { TaskQueueBase } from './task-queue-base';

/** Settings of an {@link ExistingTaskQueue}. */
export interface ExistingTaskQueueProps {
  /** Name of the queue. */
  readonly queueName: string;
  /** Queue that the redrive policy of the queue names. @default none: the worker hands back what it cannot do */
  readonly deadLetterQueueName?: string;
  /** How long the longest task takes, in seconds. @default 60 */
  readonly longestTaskSeconds?: number;
  /** How long a worker hides a received task from others, in seconds; it extends that while it works. @default longestTaskSeconds */
  readonly visibilityTimeoutSeconds?: number;
  /** Customer-managed KMS key of the queues. @default none: keys of SQS's own */
  readonly encryptionKeyArn?: string;
}

/** A queue that stands already, in the account and region of the provider: bring your own. */
export class ExistingTaskQueue extends TaskQueueBase {
  readonly queueName: string;
  readonly url: string;
  readonly arn: string;
  readonly longestTaskSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly deadLetterQueueName: string | undefined;
  readonly deadLetterQueueUrl: string | undefined;
  readonly deadLetterQueueArn: string | undefined;
  readonly encryptionKeyArn: string | undefined;

  /** @throws ValidationError for a name that SQS refuses, a FIFO queue, or a timeout outside of SQS's limits. */
  constructor(scope: Construct, id: string, props: ExistingTaskQueueProps) {
    super(scope, id);
    const { queueName, deadLetterQueueName, longestTaskSeconds = 60 } = props;
    const visibilityTimeoutSeconds = props.visibilityTimeoutSeconds ?? longestTaskSeconds;
    refuse([
      ...queueNameProblems('queueName', queueName),
      ...taskSecondsProblems(longestTaskSeconds),
      ...visibilityTimeoutProblems(visibilityTimeoutSeconds),
    ]);
    const queue = new DataAwsSqsQueue(this, 'queue', { name: queueName });
    this.queueName = queueName;
    this.url = queue.url;
    this.arn = queue.arn;
    this.longestTaskSeconds = longestTaskSeconds;
    this.visibilityTimeoutSeconds = visibilityTimeoutSeconds;
    this.encryptionKeyArn = props.encryptionKeyArn;
    if (deadLetterQueueName !== undefined) {
      const deadLetters = new DataAwsSqsQueue(this, 'dead-letter-queue', { name: deadLetterQueueName });
      this.deadLetterQueueName = deadLetterQueueName;
      this.deadLetterQueueUrl = deadLetters.url;
      this.deadLetterQueueArn = deadLetters.arn;
    }
  }
}
