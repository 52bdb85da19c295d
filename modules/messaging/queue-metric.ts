import type { Metric, MetricOptions } from '../metric';

/**
 * A metric of a queue; SQS reports it once a minute.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function queueMetric(
  metricName:
    | 'ApproximateAgeOfOldestMessage'
    | 'ApproximateNumberOfMessagesNotVisible'
    | 'ApproximateNumberOfMessagesVisible'
    | 'NumberOfMessagesDeleted'
    | 'NumberOfMessagesSent',
  queueName: string,
  options: MetricOptions = {},
): Metric {
  return {
    namespace: 'AWS/SQS',
    metricName,
    dimensions: { QueueName: queueName },
    statistic: 'Maximum',
    period: 60,
    ...options,
  };
}
