import type { MetricDataQuery, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';

import { ServiceError, notDoneHere, validationError } from '../protocol/errors';
import type { AlarmSettings } from './alarm';
import { alarmMetrics } from './alarm-metrics';
import { comparisonOperators, missingDataTreatments } from './evaluation';
import { MathError } from './math/parser';

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const mostActions = 5;
const mostMetrics = 20;
const daySeconds = 86_400;
const hourSeconds = 3_600;
const highResolutionPeriods = [10, 20, 30];

/** What an alarm can be told. */
const settingsDone = new Set([
  'AlarmName',
  'AlarmDescription',
  'ActionsEnabled',
  'OKActions',
  'AlarmActions',
  'InsufficientDataActions',
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Dimensions',
  'Period',
  'Unit',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
  'EvaluateLowSampleCountPercentile',
  'Metrics',
  'Tags',
]);

function refuse(problem: string | false): void {
  if (problem !== false) {
    throw validationError(problem);
  }
}

function combination(message: string): ServiceError {
  return new ServiceError('InvalidParameterCombination', message);
}

function checkMetricOrMath({
  Metrics = [],
  MetricName,
  Namespace,
  Period,
  Statistic,
  ExtendedStatistic,
}: PutMetricAlarmInput): void {
  const plain = MetricName !== undefined || Namespace !== undefined || Statistic !== undefined;
  if (Metrics.length > 0) {
    if (plain || ExtendedStatistic !== undefined || Period !== undefined) {
      throw combination(
        'Metrics list cannot be provided together with MetricName, Namespace, Dimensions, Period, Unit, Statistic or ExtendedStatistic.',
      );
    }
    checkQueries(Metrics);
    return;
  }
  refuse(
    (MetricName === undefined || Namespace === undefined) &&
      'An alarm needs MetricName and Namespace, or Metrics.',
  );
  refuse(Period === undefined && 'The parameter Period is required for an alarm on one metric.');
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
    throw combination('Exactly one of Statistic and ExtendedStatistic must be specified.');
  }
}

function checkQueries(queries: readonly MetricDataQuery[]): void {
  refuse(
    queries.length > mostMetrics &&
      `The collection Metrics must not have a size greater than ${mostMetrics}; it has ${queries.length}.`,
  );
  const ids = queries.map(({ Id = '' }) => Id);
  const wrong = ids.find((id) => !/^[a-z]\w*$/.test(id));
  refuse(
    wrong !== undefined &&
      `The Id '${wrong}' is not valid: it must begin with a lower case letter, and have letters, digits and underscores only.`,
  );
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  refuse(twice !== undefined && `The Id '${twice}' is given twice in Metrics.`);
  for (const { Id = '', MetricStat, Expression } of queries) {
    refuse(
      (MetricStat === undefined) === (Expression === undefined) &&
        `The metric '${Id}' needs either MetricStat or Expression, and not both.`,
    );
  }
  const returned = queries.filter(({ ReturnData = true }) => ReturnData);
  refuse(
    returned.length !== 1 &&
      `Exactly one element of the Metrics list must return data; ${returned.length} do. Set ReturnData of all others to false.`,
  );
}

function checkPeriods(
  period: number,
  { EvaluationPeriods = 0, DatapointsToAlarm }: PutMetricAlarmInput,
): void {
  refuse(
    !highResolutionPeriods.includes(period) &&
      (period < 60 || period % 60 !== 0) &&
      `The period is ${period}; it must be 10, 20, 30 or a multiple of 60 seconds.`,
  );
  refuse(
    EvaluationPeriods < 1 &&
      `Value '${EvaluationPeriods}' at 'evaluationPeriods' failed to satisfy constraint: Member must have value greater than or equal to 1`,
  );
  const most = period >= hourSeconds ? 7 * daySeconds : daySeconds;
  refuse(
    period * EvaluationPeriods > most &&
      `Metrics cannot be checked across more than ${most === daySeconds ? 'a day' : 'seven days'} (EvaluationPeriods * Period must be <= ${most}).`,
  );
  refuse(
    DatapointsToAlarm !== undefined &&
      (DatapointsToAlarm < 1 || DatapointsToAlarm > EvaluationPeriods) &&
      `DatapointsToAlarm is ${DatapointsToAlarm}; it must be from 1 to EvaluationPeriods (${EvaluationPeriods}).`,
  );
}

function checkActions(input: PutMetricAlarmInput): void {
  for (const name of ['AlarmActions', 'OKActions', 'InsufficientDataActions'] as const) {
    const actions = input[name] ?? [];
    refuse(
      actions.length > mostActions &&
        `The collection ${name} must not have a size greater than ${mostActions}; it has ${actions.length}.`,
    );
    const wrong = actions.find((action) => !/^arn:aws[\w-]*:[\w-]+:/.test(action));
    refuse(wrong !== undefined && `Invalid arn syntax: ${wrong}`);
  }
}

/** @throws ServiceError for what CloudWatch does and this service does not. */
function refuseNotDone(input: PutMetricAlarmInput): void {
  const { ComparisonOperator: operator, ThresholdMetricId } = input;
  if (ThresholdMetricId !== undefined || operator?.includes('UpperThreshold') === true) {
    throw notDoneHere('cloudwatch: anomaly detection');
  }
  const unknown = Object.keys(input).find(
    (name) => !settingsDone.has(name) && Reflect.get(input, name) !== undefined,
  );
  if (unknown !== undefined) {
    throw notDoneHere(`cloudwatch: ${unknown} of an alarm`);
  }
}

/**
 * The settings of an alarm, as PutMetricAlarm gives them.
 *
 * @throws ServiceError when they cannot be.
 */
export function checkedAlarm(input: PutMetricAlarmInput): AlarmSettings {
  refuseNotDone(input);
  checkMetricOrMath(input);
  const { Tags: _tags, Threshold, TreatMissingData: missing, ComparisonOperator: operator, ...rest } = input;
  refuse(
    !comparisonOperators.some((known) => known === operator) &&
      `Value '${String(operator)}' at 'comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set: [${comparisonOperators.join(', ')}]`,
  );
  refuse(
    missing !== undefined &&
      !missingDataTreatments.some((known) => known === missing) &&
      `Option ${missing} is not supported for parameter TreatMissingData: it must be one of ${missingDataTreatments.join(', ')}.`,
  );
  if (Threshold === undefined) {
    throw validationError('The parameter Threshold is required for alarms that compare with one.');
  }
  checkActions(input);
  const settings = {
    ...rest,
    ...(missing === undefined ? {} : { TreatMissingData: missing }),
    AlarmName: input.AlarmName ?? '',
    ComparisonOperator: operator,
    EvaluationPeriods: input.EvaluationPeriods ?? 0,
    Threshold,
    ActionsEnabled: input.ActionsEnabled ?? true,
  } as AlarmSettings;
  try {
    checkPeriods(alarmMetrics(settings).period, input);
  } catch (error) {
    if (error instanceof MathError) {
      throw validationError(`Invalid metrics list: ${error.message}.`);
    }
    throw error;
  }
  return settings;
}
