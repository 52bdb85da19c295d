import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { StandardUnit } from '@aws-sdk/client-cloudwatch';

import type { Clock } from '../clock';
import type { Dimensions, MetricSink } from './metric-sink';

/** How long values are gathered before they are sent, in milliseconds. */
const gatherMs = 1_000;

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const mostInRequest = 1_000;

/** Reports metrics to CloudWatch, some at a time. */
export class CloudWatchSink implements MetricSink {
  private gathered = new Map<string, MetricDatum[]>();
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();

  /** @param onError told of values that CloudWatch did not take. */
  constructor(
    private readonly cloudWatch: CloudWatchClient,
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
  ) {}

  put(namespace: string, name: string, dimensions: Dimensions, value: number, unit: StandardUnit): void {
    const data = this.gathered.get(namespace) ?? [];
    this.gathered.set(namespace, data);
    data.push({
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Timestamp: this.clock.now(),
      Value: value,
      Unit: unit,
    });
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.sending = this.sending.then(() => this.send());
    }, gatherMs);
  }

  /** Sends what is gathered no more, and waits for what is on its way. Idempotent. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.sending;
  }

  private async send(): Promise<void> {
    const { gathered } = this;
    this.gathered = new Map();
    try {
      for (const [Namespace, data] of gathered) {
        for (let from = 0; from < data.length; from += mostInRequest) {
          const MetricData = data.slice(from, from + mostInRequest);
          await this.cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
        }
      }
    } catch (error) {
      this.onError(error);
    }
  }
}
