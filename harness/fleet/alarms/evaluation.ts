import type { ComparisonOperator, StateValue } from '@aws-sdk/client-cloudwatch';

/** What counts as the value of a period that has none. */
export const missingDataTreatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
export type MissingData = (typeof missingDataTreatments)[number];

/** How an alarm decides. */
export interface Criteria {
  /** How many of the newest data points are looked at: N. */
  readonly evaluationPeriods: number;
  /** How many of them must breach: M. */
  readonly datapointsToAlarm: number;
  readonly missingData: MissingData;
  readonly breaches: (value: number) => boolean;
}

/** What was decided. */
export interface Decision {
  readonly state: StateValue;
  /** Which points of the range were looked at, the newest first. */
  readonly evaluated: readonly number[];
  /** How many missing points counted as ones of a value. */
  readonly filled: number;
}

/** Of a range of this many periods beyond N, data points can be taken in the place of missing ones. */
const spare = 2;

/** How many periods CloudWatch asks data for: the examples of its documentation have 5 for N = 3. */
export function evaluationRange(evaluationPeriods: number): number {
  return evaluationPeriods + spare;
}

const comparisons: Readonly<
  Partial<Record<ComparisonOperator, (value: number, threshold: number) => boolean>>
> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** The operators that need no anomaly detection. */
export const comparisonOperators = Object.keys(comparisons);

/** Whether a value is beyond the threshold. */
export function breach(operator: ComparisonOperator, threshold: number): (value: number) => boolean {
  const compare = comparisons[operator];
  return (value) => compare?.(value, threshold) === true;
}

/**
 * Decides on the state of an alarm.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 *
 * @param points of the evaluation range, the oldest first; `undefined` where data is missing.
 * @param present the state that the alarm is in.
 */
export function decide(
  points: readonly (number | undefined)[],
  { evaluationPeriods, datapointsToAlarm, missingData, breaches }: Criteria,
  present: StateValue,
): Decision {
  const newestFirst = points.map((value, index) => ({ index, value, age: points.length - index })).reverse();
  const real = newestFirst.flatMap(({ index, value, age }) =>
    value === undefined ? [] : [{ index, value, age }],
  );
  const looked = real.slice(0, evaluationPeriods);
  const filled = evaluationPeriods - looked.length;
  const breaching = looked.filter(({ value }) => breaches(value));
  const evaluated = looked.map(({ index }) => index);
  const alarmIf = (alarm: boolean): Decision => ({ state: alarm ? 'ALARM' : 'OK', evaluated, filled });

  if (filled === 0 || missingData === 'notBreaching' || breaching.length >= datapointsToAlarm) {
    return alarmIf(breaching.length >= datapointsToAlarm);
  }
  if (missingData === 'breaching') {
    return alarmIf(breaching.length + filled >= datapointsToAlarm);
  }
  if (looked.length > breaching.length) {
    return alarmIf(false);
  }
  if (looked.length === 0) {
    return { state: missingData === 'ignore' ? present : 'INSUFFICIENT_DATA', evaluated, filled };
  }
  // All that is there breaches. It is an alarm once the oldest is so old that it and all newer ones would be enough.
  const oldest = Math.max(...breaching.map(({ age }) => age));
  return missingData === 'missing' && oldest >= datapointsToAlarm
    ? alarmIf(true)
    : { state: present, evaluated, filled };
}
