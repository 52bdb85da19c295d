import { Construct } from 'constructs';

import type { Grantee } from '../grantee';
import type { Metric, MetricOptions } from '../metric';
import { useOfKey } from '../policy-document';
import { queueMetric } from './queue-metric';

/** A queue whose messages are tasks, whether it is made here or stands already. */
export abstract class TaskQueueBase extends Construct {
  abstract readonly queueName: string;
  abstract readonly url: string;
  abstract readonly arn: string;
  /** How long the longest task takes, in seconds. */
  abstract readonly longestTaskSeconds: number;
  /** How long a received task stays hidden from other workers, in seconds. */
  abstract readonly visibilityTimeoutSeconds: number;
  /** Where tasks go that cannot be done. */
  abstract readonly deadLetterQueueName: string | undefined;
  abstract readonly deadLetterQueueUrl: string | undefined;
  abstract readonly deadLetterQueueArn: string | undefined;
  /** Customer-managed KMS key of both queues. */
  abstract readonly encryptionKeyArn: string | undefined;

  /** Lets a fleet receive tasks, extend them, finish them, and give up on them. */
  grantConsume(grantee: Grantee): void {
    grantee.grant({
      Sid: 'WorkOnTasks',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
      Resource: this.arn,
    });
    if (this.deadLetterQueueArn !== undefined) {
      grantee.grant({ Sid: 'GiveUpOnTasks', Action: 'sqs:SendMessage', Resource: this.deadLetterQueueArn });
    }
    // The second to give up on one: the dead-letter queue encrypts it anew.
    grantee.grant(...useOfKey('ReadEncryptedTasks', this.encryptionKeyArn, 'encryptDecrypt'));
  }

  /** Lets a program put tasks into the queue by itself, without an upload: events of S3, with or without SNS's envelope. */
  grantSend(grantee: Grantee): void {
    grantee.grant(
      { Sid: 'SendTasks', Action: 'sqs:SendMessage', Resource: this.arn },
      ...useOfKey('EncryptTasks', this.encryptionKeyArn, 'encryptDecrypt'),
    );
  }

  /** Tasks that wait for a worker. @default Maximum of a minute */
  metricVisible(options?: MetricOptions): Metric {
    return queueMetric('ApproximateNumberOfMessagesVisible', this.queueName, options);
  }

  /** Tasks that workers work on. @default Maximum of a minute */
  metricInFlight(options?: MetricOptions): Metric {
    return queueMetric('ApproximateNumberOfMessagesNotVisible', this.queueName, options);
  }

  /** Age of the task that has waited longest, in seconds. @default Maximum of a minute */
  metricAgeOfOldestTask(options?: MetricOptions): Metric {
    return queueMetric('ApproximateAgeOfOldestMessage', this.queueName, options);
  }

  /** Tasks that arrived. @default Sum of a minute */
  metricSent(options?: MetricOptions): Metric {
    return queueMetric('NumberOfMessagesSent', this.queueName, { statistic: 'Sum', ...options });
  }

  /** Tasks that were done. @default Sum of a minute */
  metricDone(options?: MetricOptions): Metric {
    return queueMetric('NumberOfMessagesDeleted', this.queueName, { statistic: 'Sum', ...options });
  }

  /** Tasks that could not be done; nothing without a dead-letter queue. @default Maximum of a minute */
  metricDeadLetters(options?: MetricOptions): Metric | undefined {
    return this.deadLetterQueueName === undefined
      ? undefined
      : queueMetric('ApproximateNumberOfMessagesVisible', this.deadLetterQueueName, options);
  }
}
