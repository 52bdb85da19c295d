import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';

import type { Clock } from '../../clock';
import { distributionOf } from './distribution';
import type { MetricId } from './sink';
import type { MetricStore } from './store';

/** What SQS counts, and LocalStack reports as it happens. */
const counters = new Set([
  'NumberOfMessagesSent',
  'NumberOfMessagesReceived',
  'NumberOfMessagesDeleted',
  'NumberOfEmptyReceives',
]);

/** LocalStack keeps times in whole seconds, and reports a count a moment after it happened. */
const secondMs = 1_000;

/** How long after the end of a period all that it counted is taken over for certain, in milliseconds. */
export const countersLateMs = 2_500;

/** Whether a metric is one of SQS's counters. */
export function isQueueCounter({ namespace, name }: MetricId): boolean {
  return namespace === 'AWS/SQS' && counters.has(name);
}

/** Takes over from LocalStack what it counts on queues, for alarms, by the second in which it happened. */
export class QueueCounters {
  /** Until when counts are taken over, in milliseconds. */
  private taken: number;

  constructor(
    private readonly cloudWatch: CloudWatchClient,
    private readonly store: MetricStore,
    private readonly clock: Clock,
  ) {
    this.taken = wholeSecond(clock);
  }

  /** Takes over what some counters counted since the last time, up to the second that is not over yet. */
  async take(metrics: readonly MetricId[]): Promise<void> {
    const [from, to] = [this.taken, wholeSecond(this.clock)];
    if (metrics.length === 0 || to <= from) {
      return;
    }
    this.taken = to;
    const { MetricDataResults } = await this.cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(from),
        EndTime: new Date(to),
        MetricDataQueries: metrics.map(({ namespace, name, dimensions }, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: {
              Namespace: namespace,
              MetricName: name,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: 1,
            Stat: 'Sum',
          },
        })),
      }),
    );
    for (const { Id = '', Timestamps = [], Values = [] } of MetricDataResults ?? []) {
      const metric = metrics[Number(Id.slice(1))];
      Values.forEach((value, index) => {
        const at = Timestamps[index];
        if (metric !== undefined && at !== undefined) {
          this.store.record(metric, at, distributionOf(value), 'Count');
        }
      });
    }
  }
}

/** The last second that is over for certain. */
function wholeSecond(clock: Clock): number {
  return Math.floor(clock.now().getTime() / secondMs) * secondMs - secondMs;
}
