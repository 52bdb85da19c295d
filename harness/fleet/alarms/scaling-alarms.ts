import type { MetricDataQuery, StandardUnit } from '@aws-sdk/client-cloudwatch';

import type {
  Aggregation,
  AlarmGateway,
  Alarm as ScalingAlarm,
  TrackedMath,
  TrackingAlarm,
} from '../autoscaling/scaling/alarms';
import { type Alarm, actionsIn } from './alarm';
import { checkedAlarm } from './alarm-settings';
import type { AlarmStore } from './alarm-store';

/** Period of the alarms that Auto Scaling makes, in seconds. */
const trackingPeriod = 60;

/** The alarms as Auto Scaling sees them. */
export class ScalingAlarms implements AlarmGateway {
  constructor(private readonly store: AlarmStore) {}

  alarms(): ScalingAlarm[] {
    return [...this.store.alarms.values()].map(viewOf);
  }

  metric(name: string, aggregation: Aggregation): number | undefined {
    const values = this.store.alarms.get(name)?.recent ?? [];
    return values.length === 0 ? undefined : aggregate(values, aggregation);
  }

  executed(name: string, policyArn: string): void {
    const alarm = this.store.alarms.get(name);
    if (alarm !== undefined) {
      this.store.noteAction(alarm, policyArn);
    }
  }

  /** @throws ServiceError for metrics that no alarm can watch. */
  put(alarm: TrackingAlarm): void {
    const { metric } = alarm;
    const settings = checkedAlarm({
      AlarmName: alarm.name,
      AlarmDescription: alarm.description,
      AlarmActions: [...alarm.actions],
      ComparisonOperator: alarm.comparison === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
      Threshold: alarm.threshold,
      EvaluationPeriods: alarm.evaluationPeriods,
      ...('queries' in metric
        ? { Metrics: metric.queries.map(withPeriod) }
        : {
            Period: metric.period ?? trackingPeriod,
            Namespace: metric.namespace,
            MetricName: metric.name,
            Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
            Statistic: metric.statistic,
            ...(metric.unit === undefined ? {} : { Unit: metric.unit as StandardUnit }),
          }),
    });
    this.store.put(settings, new Map());
  }

  remove(names: readonly string[]): void {
    for (const name of names) {
      this.store.remove(name);
    }
  }
}

/** Queries of a policy may leave their period out. */
function withPeriod({ MetricStat: stat, ...query }: TrackedMath['queries'][number]): MetricDataQuery {
  const { MetricName, Namespace, Dimensions = [] } = stat?.Metric ?? {};
  const head = {
    Id: query.Id,
    Expression: query.Expression,
    Label: query.Label,
    ReturnData: query.ReturnData,
  };
  return stat === undefined
    ? { ...head, Period: query.Period ?? trackingPeriod }
    : {
        ...head,
        MetricStat: {
          Metric: { MetricName, Namespace, Dimensions: [...Dimensions] },
          Stat: stat.Stat,
          Period: stat.Period ?? trackingPeriod,
          ...(stat.Unit === undefined ? {} : { Unit: stat.Unit as StandardUnit }),
        },
      };
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

function viewOf(alarm: Alarm): ScalingAlarm {
  const { settings, state, arn } = alarm;
  return {
    name: settings.AlarmName,
    arn,
    state: state.value,
    actions: [
      ...(settings.AlarmActions ?? []),
      ...(settings.OKActions ?? []),
      ...(settings.InsufficientDataActions ?? []),
    ],
    stateActions: settings.ActionsEnabled ? actionsIn(alarm, state.value) : [],
    comparison: settings.ComparisonOperator.startsWith('Less') ? 'below' : 'above',
    threshold: settings.Threshold,
  };
}
