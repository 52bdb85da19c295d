import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  GetMetricStatisticsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';

import type { Aggregation, Alarm, AlarmGateway, TrackingAlarm } from './alarms';

/** Period of the alarms that Auto Scaling makes, in seconds. */
const trackingPeriod = 60;

/** CloudWatch by its own API, through the edge. */
export class CloudWatchGateway implements AlarmGateway {
  private described = new Map<string, MetricAlarm>();

  constructor(private readonly cloudWatch: CloudWatchClient) {}

  async alarms(): Promise<Alarm[]> {
    const described: MetricAlarm[] = [];
    const pages = paginateDescribeAlarms({ client: this.cloudWatch }, { AlarmTypes: ['MetricAlarm'] });
    for await (const { MetricAlarms } of pages) {
      described.push(...(MetricAlarms ?? []));
    }
    this.described = new Map(described.map((alarm) => [alarm.AlarmName ?? '', alarm]));
    return described.map(alarmOf);
  }

  async metric(name: string, aggregation: Aggregation): Promise<number | undefined> {
    const { Namespace, MetricName, Dimensions, Statistic, Period, EvaluationPeriods } =
      this.described.get(name) ?? {};
    if (Statistic === undefined || Period === undefined || EvaluationPeriods === undefined) {
      return undefined;
    }
    const now = Date.now();
    const { Datapoints } = await this.cloudWatch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName,
        Dimensions,
        StartTime: new Date(now - Period * EvaluationPeriods * 1_000),
        EndTime: new Date(now),
        Period,
        Statistics: [Statistic],
      }),
    );
    const values = (Datapoints ?? []).flatMap((point) => point[Statistic] ?? []);
    return values.length === 0 ? undefined : aggregate(values, aggregation);
  }

  async put(alarm: TrackingAlarm): Promise<void> {
    const { metric } = alarm;
    await this.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: alarm.name,
        AlarmDescription: alarm.description,
        AlarmActions: [...alarm.actions],
        ComparisonOperator: alarm.comparison === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
        Threshold: alarm.threshold,
        EvaluationPeriods: alarm.evaluationPeriods,
        Period: trackingPeriod,
        Namespace: metric.namespace,
        MetricName: metric.name,
        Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
        Statistic: metric.statistic,
      }),
    );
  }

  async remove(names: readonly string[]): Promise<void> {
    await this.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [...names] }));
  }
}

function aggregate(values: readonly number[], aggregation: Aggregation): number {
  switch (aggregation) {
    case 'Minimum':
      return Math.min(...values);
    case 'Maximum':
      return Math.max(...values);
    case 'Average':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}

function alarmOf(alarm: MetricAlarm): Alarm {
  const state = alarm.StateValue ?? 'INSUFFICIENT_DATA';
  const actions = {
    ALARM: alarm.AlarmActions ?? [],
    OK: alarm.OKActions ?? [],
    INSUFFICIENT_DATA: alarm.InsufficientDataActions ?? [],
  };
  return {
    name: alarm.AlarmName ?? '',
    arn: alarm.AlarmArn ?? '',
    state,
    actions: Object.values(actions).flat(),
    stateActions: alarm.ActionsEnabled === false ? [] : actions[state],
    comparison: alarm.ComparisonOperator?.startsWith('Less') === true ? 'below' : 'above',
    threshold: alarm.Threshold ?? 0,
  };
}
