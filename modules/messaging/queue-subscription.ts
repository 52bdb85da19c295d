import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Construct } from 'constructs';

import type { Metric, MetricOptions } from '../metric';
import { policyDocument, tlsOnly } from '../policy-document';
import { type QueueChoices, fromTopic, queueSettings } from './queue-settings';
import { queueMetric } from './queue-metric';
import type { TaskQueueBase } from './task-queue-base';

/** Settings of a {@link QueueSubscription}. */
export interface QueueSubscriptionProps extends QueueChoices {
  /** Topic that is subscribed to. */
  readonly topicArn: string;
  /** Its policy must let the topic send to it. */
  readonly queue: TaskQueueBase;
  /** AWS region that it stands in. */
  readonly region: string;
  /** Id of the AWS account. */
  readonly accountId: string;
  /** Delivers S3's event as it is, without SNS's envelope around it; the worker reads both. @default false */
  readonly rawMessageDelivery?: boolean | undefined;
}

/**
 * Sends every announcement of a topic to a queue. What SNS cannot deliver goes to a dead-letter queue of the subscription's
 * own: that of the task queue never sees it.
 */
export class QueueSubscription extends Construct {
  readonly undeliveredQueueName: string;
  /** The provider's resources, for `addOverride`. */
  readonly resources: { readonly subscription: SnsTopicSubscription; readonly undeliveredQueue: SqsQueue };

  constructor(scope: Construct, id: string, props: QueueSubscriptionProps) {
    super(scope, id);
    const { topicArn, queue, region, accountId, rawMessageDelivery = false } = props;
    const name = `${queue.queueName}-undelivered`;
    const arn = `arn:aws:sqs:${region}:${accountId}:${name}`;
    const undeliveredQueue = new SqsQueue(this, 'undelivered', {
      ...queueSettings(props),
      name,
      policy: policyDocument(fromTopic(arn, topicArn), tlsOnly('sqs:*', arn)),
    });
    const subscription = new SnsTopicSubscription(this, 'subscription', {
      topicArn,
      protocol: 'sqs',
      endpoint: queue.arn,
      rawMessageDelivery,
      redrivePolicy: `{"deadLetterTargetArn":"${undeliveredQueue.arn}"}`,
    });
    this.undeliveredQueueName = name;
    this.resources = { subscription, undeliveredQueue };
  }

  /** Announcements that SNS could not deliver. @default Maximum of a minute */
  metricUndelivered(options?: MetricOptions): Metric {
    return queueMetric('ApproximateNumberOfMessagesVisible', this.undeliveredQueueName, options);
  }
}
