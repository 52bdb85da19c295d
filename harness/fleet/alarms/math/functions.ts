import { MathError } from './parser';
import { type Series, type Value, describe, each, isSeveral, oneSeries, single } from './value';

const numbers = (series: Series): number[] => series.filter((value) => value !== undefined);

/** A time series becomes a number, several become one, point by point over the values that are there. */
function aggregate(name: string, of: (values: readonly number[]) => number): MathFunction {
  return (value) => {
    if (value === undefined || typeof value === 'number') {
      throw new MathError(`${name} needs a time series or several, not a number`);
    }
    if (!isSeveral(value)) {
      return of(numbers(value));
    }
    const longest = Math.max(0, ...value.map((series) => series.length));
    return Array.from({ length: longest }, (_, index) => {
      const values = numbers(value.map((series) => series[index]));
      return values.length === 0 ? undefined : of(values);
    });
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]): number => sum(values) / values.length;
const deviation = (values: readonly number[]): number => {
  const mean = average(values);
  return Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
};

function onEachSeries(name: string, of: (series: Series) => Series): MathFunction {
  return (value) => {
    if (value === undefined || typeof value === 'number') {
      throw new MathError(`${name} needs a time series, not a number`);
    }
    return isSeveral(value) ? value.map(of) : of(value);
  };
}

/** Each value minus the one before it that is there. */
function differences(series: Series, by: (difference: number, periods: number) => number): Series {
  let before: { value: number; index: number } | undefined;
  return series.map((value, index) => {
    const difference =
      value === undefined || before === undefined
        ? undefined
        : by(value - before.value, index - before.index);
    before = value === undefined ? before : { value, index };
    return difference;
  });
}

function runningSum(series: Series): Series {
  let total = 0;
  return series.map((value) => (total += value ?? 0));
}

function firstOrLast(
  name: string,
  choose: (items: readonly (number | Series | undefined)[]) => Value,
): MathFunction {
  return (value) => {
    if (value === undefined || typeof value === 'number') {
      throw new MathError(`${name} needs several time series or one, not a number`);
    }
    return choose(isSeveral(value) ? value : numbers(value));
  };
}

/** Fills by a number, by another series, by the last value that was there, or by a line between those around. */
export function fill(series: Series, filler: number | Series | 'REPEAT' | 'LINEAR'): Series {
  if (typeof filler === 'number') {
    return series.map((value) => value ?? filler);
  }
  if (typeof filler !== 'string') {
    return series.map((value, index) => value ?? filler[index]);
  }
  return series.map((value, index) => {
    if (value !== undefined) {
      return value;
    }
    const from = series.findLastIndex((other, position) => position < index && other !== undefined);
    const to = series.findIndex((other, position) => position > index && other !== undefined);
    const [begin, end] = [series[from], series[to]];
    return filler === 'REPEAT' || begin === undefined || end === undefined
      ? begin
      : begin + ((end - begin) * (index - from)) / (to - from);
  });
}

function choose(condition: Value, yes: Value, no: Value): Value {
  const [test, then, otherwise] = [single(condition, 'IF'), single(yes, 'IF'), single(no, 'IF')];
  if (typeof test === 'number') {
    return test === 0 ? otherwise : then;
  }
  const at = (value: number | Series, index: number): number | undefined =>
    typeof value === 'number' ? value : value[index];
  return test.map((value, index) =>
    value === undefined ? undefined : at(value === 0 ? otherwise : then, index),
  );
}

/** A function of values. What it is not given is `undefined`. */
export type MathFunction = (...values: readonly (Value | undefined)[]) => Value;

function needed(value: Value | undefined, name: string): Value {
  if (value === undefined) {
    throw new MathError(`${name} has too few parameters`);
  }
  return value;
}

/**
 * The functions of metric math that alarms and scaling use; what is not here is refused by name.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * @param periodSeconds of the metrics.
 */
export function functions(periodSeconds: number): Readonly<Record<string, MathFunction>> {
  const elementwise =
    (name: string, apply: (value: number) => number): MathFunction =>
    (value) =>
      each(needed(value, name), apply);
  return {
    ABS: elementwise('ABS', Math.abs),
    CEIL: elementwise('CEIL', Math.ceil),
    FLOOR: elementwise('FLOOR', Math.floor),
    LOG: elementwise('LOG', Math.log),
    LOG10: elementwise('LOG10', Math.log10),
    AVG: aggregate('AVG', average),
    SUM: aggregate('SUM', sum),
    MIN: aggregate('MIN', (values) => Math.min(...values)),
    MAX: aggregate('MAX', (values) => Math.max(...values)),
    STDDEV: aggregate('STDDEV', deviation),
    DATAPOINT_COUNT: aggregate('DATAPOINT_COUNT', (values) => values.length),
    DIFF: onEachSeries('DIFF', (series) => differences(series, (difference) => difference)),
    RATE: onEachSeries('RATE', (series) =>
      differences(series, (difference, periods) => difference / (periods * periodSeconds)),
    ),
    RUNNING_SUM: onEachSeries('RUNNING_SUM', runningSum),
    FIRST: firstOrLast('FIRST', (items) => needed(items[0], 'FIRST')),
    LAST: firstOrLast('LAST', (items) => needed(items.at(-1), 'LAST')),
    METRIC_COUNT: (value) => {
      const several = needed(value, 'METRIC_COUNT');
      if (typeof several === 'number' || !isSeveral(several)) {
        throw new MathError(`METRIC_COUNT needs several time series, not ${describe(several)}`);
      }
      return several.length;
    },
    PERIOD: (value) => {
      oneSeries(needed(value, 'PERIOD'), 'PERIOD');
      return periodSeconds;
    },
    IF: (condition, yes, no) => choose(needed(condition, 'IF'), needed(yes, 'IF'), needed(no, 'IF')),
  };
}
