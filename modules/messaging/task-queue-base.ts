import { Construct } from 'constructs';

import type { Grantee } from '../grantee';
import type { Metric, MetricOptions } from '../metric';

/** A queue whose messages are tasks, whether it is made here or stands already. */
export abstract class TaskQueueBase extends Construct {
  abstract readonly queueName: string;
  abstract readonly url: string;
  abstract readonly arn: string;
  /** How long a received task stays hidden from other workers, in seconds. */
  abstract readonly visibilityTimeoutSeconds: number;
  /** Where tasks go that cannot be done. */
  abstract readonly deadLetterQueueName: string | undefined;
  abstract readonly deadLetterQueueUrl: string | undefined;
  abstract readonly deadLetterQueueArn: string | undefined;

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
  }

  /** Tasks that wait for a worker. SQS reports it once a minute. @default Maximum of a minute */
  metricVisible(options?: MetricOptions): Metric {
    return sqsMetric('ApproximateNumberOfMessagesVisible', this.queueName, options);
  }
}

/**
 * A metric of a queue.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
function sqsMetric(metricName: string, queueName: string, options: MetricOptions = {}): Metric {
  return {
    namespace: 'AWS/SQS',
    metricName,
    dimensions: { QueueName: queueName },
    statistic: 'Maximum',
    period: 60,
    ...options,
  };
}
