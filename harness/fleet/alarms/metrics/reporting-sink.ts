import {
  type CloudWatchClient,
  type MetricDatum,
  PutMetricDataCommand,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch';

import type { Clock } from '../../clock';
import { type Distribution, addTo, copyOf } from './distribution';
import type { MetricId, MetricSink } from './sink';
import type { MetricStore } from './store';

/** How long values are gathered before they are reported, in milliseconds. */
const gatherMs = 1_000;

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const mostInRequest = 1_000;

interface Gathered extends MetricId {
  readonly unit: StandardUnit;
  readonly values: Distribution;
}

/** Keeps metrics for alarms, and reports them to CloudWatch, where people read them: a statistic set a second and metric. */
export class ReportingSink implements MetricSink {
  private gathered = new Map<string, Gathered>();
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();

  /** @param onError told of values that CloudWatch did not take. */
  constructor(
    private readonly store: MetricStore,
    private readonly cloudWatch: CloudWatchClient,
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
  ) {}

  put(metric: MetricId, values: Distribution, unit: StandardUnit): void {
    this.store.put(metric, values, unit);
    const key = JSON.stringify([metric.namespace, metric.name, metric.dimensions, unit]);
    const present = this.gathered.get(key);
    if (present === undefined) {
      this.gathered.set(key, { ...metric, unit, values: copyOf(values) });
    } else {
      addTo(present.values, values);
    }
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.sending = this.sending.then(() => this.send());
    }, gatherMs);
  }

  /** Reports what is gathered no more, and waits for what is on its way. Idempotent. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.sending;
  }

  private async send(): Promise<void> {
    const gathered = [...this.gathered.values()];
    this.gathered = new Map();
    const at = this.clock.now();
    try {
      for (const Namespace of new Set(gathered.map(({ namespace }) => namespace))) {
        const data = gathered.filter(({ namespace }) => namespace === Namespace).map((one) => datum(one, at));
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

function datum({ name, dimensions, unit, values }: Gathered, at: Date): MetricDatum {
  const { count, sum, min, max } = values;
  return {
    MetricName: name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Timestamp: at,
    StatisticValues: { SampleCount: count, Sum: sum, Minimum: min, Maximum: max },
    Unit: unit,
  };
}
