import type { Dimension } from '@aws-sdk/client-cloudwatch';

import type { AlarmSettings } from './alarm';
import { type Scope, evaluate } from './math/evaluate';
import { type Expression, MathError, parseExpression } from './math/parser';
import { type Series, type Value, oneSeries } from './math/value';
import { type Statistic, statistic } from './metrics/statistic';
import type { MetricId } from './metrics/sink';
import type { MetricStore } from './metrics/store';

interface MetricQuery {
  readonly id: string;
  readonly metric: MetricId;
  readonly statistic: Statistic;
  readonly unit: string | undefined;
}

/** What an alarm watches: metrics, and expressions over them, of which one is compared with the threshold. */
export interface AlarmMetrics {
  readonly queries: readonly MetricQuery[];
  readonly expressions: readonly { readonly id: string; readonly expression: Expression }[];
  /** Id of the one that is compared. */
  readonly watched: string;
  /** Seconds. */
  readonly period: number;
}

/** The one metric of an alarm without expressions. */
const onlyId = 'm';

function metricId(
  namespace: string | undefined,
  name: string | undefined,
  dimensions: readonly Dimension[] = [],
): MetricId {
  return {
    namespace: namespace ?? '',
    name: name ?? '',
    dimensions: Object.fromEntries(dimensions.map(({ Name = '', Value = '' }) => [Name, Value])),
  };
}

/**
 * What an alarm's settings say that it watches.
 *
 * @throws ServiceError for a statistic that there is not; MathError for an expression that cannot be read or evaluated,
 * or for metrics of several periods.
 */
export function alarmMetrics(settings: AlarmSettings): AlarmMetrics {
  const { Metrics = [], Namespace, MetricName, Dimensions, Period = 0, Unit } = settings;
  if (Metrics.length === 0) {
    return {
      queries: [
        {
          id: onlyId,
          metric: metricId(Namespace, MetricName, Dimensions),
          statistic: statistic(settings.ExtendedStatistic ?? settings.Statistic ?? ''),
          unit: Unit,
        },
      ],
      expressions: [],
      watched: onlyId,
      period: Period,
    };
  }
  const periods = new Set(Metrics.flatMap(({ MetricStat, Period: own }) => MetricStat?.Period ?? own ?? []));
  const [period] = periods;
  if (period === undefined || periods.size > 1) {
    throw new MathError(
      `The metrics of an alarm must have one period; given are ${[...periods].map((one) => `${one} s`).join(' and ') || 'none'}`,
    );
  }
  const metrics: AlarmMetrics = {
    queries: Metrics.flatMap(({ Id = '', MetricStat: stat }) =>
      stat?.Metric === undefined
        ? []
        : [
            {
              id: Id,
              metric: metricId(stat.Metric.Namespace, stat.Metric.MetricName, stat.Metric.Dimensions),
              statistic: statistic(stat.Stat ?? ''),
              unit: stat.Unit,
            },
          ],
    ),
    expressions: Metrics.flatMap(({ Id = '', Expression: source }) =>
      source === undefined ? [] : [{ id: Id, expression: parseExpression(source) }],
    ),
    watched: Metrics.find(({ ReturnData = true }) => ReturnData)?.Id ?? '',
    period,
  };
  // A rehearsal on made-up values tells now what could never be evaluated.
  const ones = new Map(metrics.queries.map(({ id }) => [id, [1, 1] as Series]));
  watchedSeries(metrics, ones, 2);
  return metrics;
}

/** The values that an alarm compares, one a period. */
export interface Points {
  readonly values: Series;
  /** How many samples each value is of; unknown of expressions. */
  readonly sampleCounts: Series;
}

/**
 * Reads what an alarm watches.
 *
 * @param starts when each period began, the oldest first, in milliseconds.
 * @param periodMs how long a period lasts here.
 */
export function readPoints(
  metrics: AlarmMetrics,
  store: MetricStore,
  starts: readonly number[],
  periodMs: number,
): Points {
  const distributions = new Map(
    metrics.queries.map(({ id, metric, unit }) => [
      id,
      starts.map((start) => store.between(metric, start, start + periodMs, unit)),
    ]),
  );
  const series = new Map(
    metrics.queries.map(({ id, statistic: of }): [string, Series] => [
      id,
      (distributions.get(id) ?? []).map((values) => (values === undefined ? undefined : of(values))),
    ]),
  );
  return {
    values: watchedSeries(metrics, series, starts.length),
    sampleCounts: starts.map((_, index) => distributions.get(metrics.watched)?.[index]?.count),
  };
}

/** Expressions may speak of each other, in any order but a circle. */
function watchedSeries(
  { expressions, watched, period }: AlarmMetrics,
  series: ReadonlyMap<string, Series>,
  points: number,
): Series {
  const values = new Map<string, Value>(series);
  const scope: Scope = { values, metricIds: [...series.keys()], periodSeconds: period, points };
  let waiting = expressions;
  while (waiting.length > 0) {
    const ready = waiting.filter(({ expression }) => waiting.every(({ id }) => !mentions(expression, id)));
    if (ready.length === 0) {
      throw new MathError(`The expressions ${waiting.map(({ id }) => id).join(', ')} need each other`);
    }
    for (const { id, expression } of ready) {
      values.set(id, evaluate(expression, scope));
    }
    waiting = waiting.filter((one) => !ready.includes(one));
  }
  const value = values.get(watched);
  if (value === undefined) {
    throw new MathError(`There is no metric or expression '${watched}'`);
  }
  return oneSeries(value, 'An alarm');
}

function mentions(expression: Expression, name: string): boolean {
  switch (expression.kind) {
    case 'name':
      return expression.name === name;
    case 'list':
      return expression.items.some((item) => mentions(item, name));
    case 'minus':
      return mentions(expression.operand, name);
    case 'binary':
      return mentions(expression.left, name) || mentions(expression.right, name);
    case 'call':
      return expression.parameters.some((item) => mentions(item, name));
    case 'number':
    case 'text':
      return false;
  }
}
