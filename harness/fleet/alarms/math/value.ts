import { MathError } from './parser';

/** The values of one metric, the oldest first, one a period; `undefined` where there is none. */
export type Series = readonly (number | undefined)[];

/** What an expression makes: a number, a time series, or several. */
export type Value = number | Series | readonly Series[];

/** Whether a value is several time series. Of none at all it cannot be told, and none is several. */
export function isSeveral(value: Value): value is readonly Series[] {
  return typeof value !== 'number' && (value.length === 0 || Array.isArray(value[0]));
}

/** @throws MathError unless the value is one time series. */
export function oneSeries(value: Value, what: string): Series {
  if (typeof value === 'number' || isSeveral(value)) {
    throw new MathError(`${what} needs one time series, not ${describe(value)}`);
  }
  return value;
}

/** @throws MathError for several time series. */
export function single(value: Value, what: string): number | Series {
  if (typeof value !== 'number' && isSeveral(value)) {
    throw new MathError(`${what} needs a number or one time series, not ${describe(value)}`);
  }
  return value;
}

/** What a value is, in words. */
export function describe(value: Value): string {
  return typeof value === 'number' ? 'a number' : isSeveral(value) ? 'several time series' : 'a time series';
}

/** Numbers that are none (0/0, 1/0, log of a negative) are missing values. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Applies a function to each value that is there. */
export function each(value: Value, apply: (number: number) => number): Value {
  if (typeof value === 'number') {
    return apply(value);
  }
  const ofSeries = (series: Series): Series =>
    series.map((item) => (item === undefined ? undefined : finite(apply(item))));
  return isSeveral(value) ? value.map(ofSeries) : ofSeries(value);
}

/** Combines two values point by point: where one is missing, so is the result. */
export function combine(left: Value, right: Value, by: (a: number, b: number) => number): Value {
  if (typeof left !== 'number' && isSeveral(left)) {
    return left.map((series) => oneSeries(combine(series, right, by), 'The operator'));
  }
  if (typeof right !== 'number' && isSeveral(right)) {
    return right.map((series) => oneSeries(combine(left, series, by), 'The operator'));
  }
  if (typeof left === 'number') {
    return typeof right === 'number' ? by(left, right) : each(right, (value) => by(left, value));
  }
  if (typeof right === 'number') {
    return each(left, (value) => by(value, right));
  }
  return left.map((value, index) => {
    const other = right[index];
    return value === undefined || other === undefined ? undefined : finite(by(value, other));
  });
}
