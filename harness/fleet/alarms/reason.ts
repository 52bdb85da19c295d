import type { ComparisonOperator } from '@aws-sdk/client-cloudwatch';

import type { AlarmState } from './alarm';
import type { Criteria, Decision } from './evaluation';

/** What a reason tells of. */
export interface Evaluated {
  readonly criteria: Criteria;
  readonly decision: Decision;
  /** Values of the evaluation range, the oldest first. */
  readonly points: readonly (number | undefined)[];
  /** When each period of the range began, in milliseconds. */
  readonly starts: readonly number[];
  readonly sampleCounts: readonly (number | undefined)[];
  readonly operator: ComparisonOperator;
  readonly threshold: number;
  readonly period: number;
  readonly statistic: string | undefined;
  readonly unit: string | undefined;
  readonly at: Date;
}

const comparison: Readonly<Partial<Record<ComparisonOperator, string>>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** A number as CloudWatch writes it in sentences: `10.0`. */
const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** A time as CloudWatch writes it in sentences: `25/11/26 02:41:00`. */
function stamp(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}

/** A time as CloudWatch writes it in its data. */
const zoned = (date: Date): string => date.toISOString().replace('Z', '+0000');

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The state that was decided on, with its reason as CloudWatch words it. */
export function stateOf(evaluated: Evaluated): AlarmState {
  return {
    value: evaluated.decision.state,
    reason: sentence(evaluated),
    reasonData: JSON.stringify(data(evaluated)),
  };
}

function sentence({ criteria, decision, points, starts, operator, threshold }: Evaluated): string {
  const { state, evaluated, filled } = decision;
  const { datapointsToAlarm, evaluationPeriods, missingData, breaches } = criteria;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${plural(filled, 'datapoint')} ${filled === 1 ? 'was' : 'were'} unknown.`;
  }
  const treated = missingData === 'breaching' ? '[Breaching]' : '[NonBreaching]';
  const fills = missingData === 'breaching' || missingData === 'notBreaching';
  if (evaluated.length === 0) {
    const many = plural(evaluationPeriods, 'period');
    return `Threshold Crossed: no datapoints were received for ${many} and ${plural(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as ${treated}.`;
  }
  const alarms = state === 'ALARM';
  const telling = evaluated.filter((index) => breaches(points[index] ?? Number.NaN) === alarms);
  const shown = telling.map((index) => `${decimal(points[index] ?? 0)} (${stamp(starts[index] ?? 0)})`);
  const needed = alarms ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const transition = alarms ? 'OK -> ALARM' : 'ALARM -> OK';
  const missing =
    fills && filled > 0
      ? ` and ${plural(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as ${treated}`
      : '';
  return `Threshold Crossed: ${telling.length} out of the last ${evaluated.length} datapoints [${shown.join(', ')}] ${telling.length === 1 ? 'was' : 'were'} ${alarms ? '' : 'not '}${comparison[operator] ?? ''} the threshold (${decimal(threshold)})${missing} (minimum ${plural(needed, 'datapoint')} for ${transition} transition).`;
}

function data(evaluated: Evaluated): object {
  const { decision, points, starts, sampleCounts, threshold, period, statistic, unit, at } = evaluated;
  const indices = decision.evaluated;
  return {
    version: '1.0',
    queryDate: zoned(at),
    startDate: indices.length === 0 ? undefined : zoned(new Date(starts[indices.at(-1) ?? 0] ?? 0)),
    unit,
    statistic,
    period,
    recentDatapoints: indices.map((index) => points[index]).reverse(),
    threshold,
    evaluatedDatapoints: indices.map((index) => ({
      timestamp: zoned(new Date(starts[index] ?? 0)),
      sampleCount: sampleCounts[index],
      value: points[index],
    })),
  };
}
