import type { Home } from '../alarm-store';
import { distributionOf } from './distribution';
import type { MetricSink } from './sink';

export const queueAge = 'ApproximateAgeOfOldestMessage';

/**
 * Measures for alarms how long the oldest message of a queue waits, those in flight included. SQS's API does not tell;
 * LocalStack's own listing of messages (`/_aws/sqs/messages`) does, and counts as no receive.
 * Source: sqs-available-cloudwatch-metrics.html, «ApproximateAgeOfOldestMessage».
 */
export class QueueAges {
  constructor(
    private readonly home: Home,
    private readonly emulatorUrl: () => string | undefined,
    private readonly sink: MetricSink,
  ) {}

  /** Measures some queues once. A queue that does not exist has no values, as in CloudWatch. */
  async measure(names: Iterable<string>, now: Date): Promise<void> {
    await Promise.all([...names].map((name) => this.measureOne(name, now)));
  }

  private async measureOne(QueueName: string, now: Date): Promise<void> {
    const origin = this.emulatorUrl();
    if (origin === undefined) {
      return;
    }
    const { region, accountId } = this.home;
    const listing = new URL(`/_aws/sqs/messages/${region}/${accountId}/${QueueName}`, origin);
    listing.search = 'ShowInvisible=true&ShowDelayed=true';
    const answer = await fetch(listing);
    const text = await answer.text();
    if (answer.ok) {
      const sent = [...text.matchAll(/<Name>SentTimestamp<\/Name><Value>(\d+)<\/Value>/g)];
      const oldest = Math.min(now.getTime(), ...sent.map(([, at]) => Number(at)));
      const seconds = Math.round((now.getTime() - oldest) / 1_000);
      const metric = { namespace: 'AWS/SQS', name: queueAge, dimensions: { QueueName } };
      this.sink.put(metric, distributionOf(seconds), 'Seconds');
    }
  }
}
