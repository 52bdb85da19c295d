import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  type SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';

import { distributionOf } from './distribution';
import type { MetricSink } from './sink';

/** What SQS reports of a queue each minute, by the attribute that tells it at once. */
const gauges: readonly (readonly [metric: string, attribute: QueueAttributeName])[] = [
  ['ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessages'],
  ['ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesNotVisible'],
  ['ApproximateNumberOfMessagesDelayed', 'ApproximateNumberOfMessagesDelayed'],
];

/** Measures queues for alarms: how many messages are in them. */
export class QueueGauges {
  private readonly urls = new Map<string, string>();

  constructor(
    private readonly sqs: SQSClient,
    private readonly sink: MetricSink,
  ) {}

  /** Measures some queues once. A queue that does not exist has no values, as in CloudWatch. */
  async measure(names: Iterable<string>): Promise<void> {
    await Promise.all([...names].map((name) => this.measureOne(name)));
  }

  private async measureOne(QueueName: string): Promise<void> {
    try {
      const QueueUrl = this.urls.get(QueueName) ?? (await this.urlOf(QueueName));
      const { Attributes } = await this.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: gauges.map(([, attribute]) => attribute) }),
      );
      for (const [name, attribute] of gauges) {
        const metric = { namespace: 'AWS/SQS', name, dimensions: { QueueName } };
        this.sink.put(metric, distributionOf(Number(Attributes?.[attribute])), 'Count');
      }
    } catch (error) {
      if (!(error instanceof SQSServiceException)) {
        throw error;
      }
      this.urls.delete(QueueName);
    }
  }

  private async urlOf(QueueName: string): Promise<string> {
    const { QueueUrl = '' } = await this.sqs.send(new GetQueueUrlCommand({ QueueName }));
    this.urls.set(QueueName, QueueUrl);
    return QueueUrl;
  }
}
