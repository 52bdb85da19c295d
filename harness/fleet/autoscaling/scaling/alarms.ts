import type { TargetTrackingMetricDataQuery } from '@aws-sdk/client-auto-scaling';

/** What an alarm compares its metric with its threshold by. */
export type Comparison = 'above' | 'below';

/** A CloudWatch alarm, as far as scaling needs it. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** ARNs of what it does in any state. */
  readonly actions: readonly string[];
  /** ARNs of what it does in its present state; none when its actions are switched off. */
  readonly stateActions: readonly string[];
  readonly comparison: Comparison;
  readonly threshold: number;
}

/** How data points become the one value of a metric that a step policy compares. */
export type Aggregation = 'Minimum' | 'Maximum' | 'Average';

/** An alarm that Auto Scaling makes for a target tracking policy. */
export interface TrackingAlarm {
  readonly name: string;
  readonly description: string;
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly metric: TrackedMetric | TrackedMath;
  readonly actions: readonly string[];
}

/** The metric of a target tracking policy. */
export interface TrackedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Average' | 'Sum' | 'Minimum' | 'Maximum' | 'SampleCount';
  readonly unit?: string | undefined;
  /** In seconds. @default 60 */
  readonly period?: number | undefined;
}

/** The metrics of a target tracking policy, one of them an expression over the others. */
export interface TrackedMath {
  readonly queries: readonly TargetTrackingMetricDataQuery[];
}

/** What Auto Scaling needs of CloudWatch. */
export interface AlarmGateway {
  /** Every metric alarm. */
  alarms(): Alarm[];
  /** What the alarm saw when it was last evaluated, as one number; `undefined` when there was no data point. */
  metric(name: string, aggregation: Aggregation): number | undefined;
  /** An alarm's action was done: the policy was executed. */
  executed(name: string, policyArn: string): void;
  put(alarm: TrackingAlarm): void;
  remove(names: readonly string[]): void;
}
