import { type Scope, evaluate } from './evaluate';
import { MathError, parseExpression } from './parser';
import type { Series, Value } from './value';

const series: Record<string, Series> = {
  m1: [1, 2, undefined, 4],
  m2: [10, 0, 30, 40],
  none: [undefined, undefined, undefined, undefined],
  errors1: [1, 1, 1, 1],
  errors2: [2, 2, undefined, 2],
};
const scope: Scope = {
  values: new Map(Object.entries(series)),
  metricIds: Object.keys(series),
  periodSeconds: 60,
  points: 4,
};
const value = (source: string): Value => evaluate(parseExpression(source), scope);

describe('metric math', () => {
  it.each<[string, Value]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 - 4 - 2', 2],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['1.5e2 / 3', 50],
    ['1 < 2 AND 2 <= 2 OR 0', 1],
    ['1 == 2 || 0 && 1', 0],
    ['ABS(-3)', 3],
  ])('of numbers: %s is %p', (source, expected) => {
    expect(value(source)).toBe(expected);
  });

  // Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
  it.each<[string, Value]>([
    ['m1 * 2', [2, 4, undefined, 8]],
    ['m1 + m2', [11, 2, undefined, 44]],
    ['m1 / m2', [0.1, undefined, undefined, 0.1]],
    ['m2 > 20', [0, 0, 1, 1]],
    ['FILL(m1, 0) / m2', [0.1, undefined, 0, 0.1]],
    ['FILL(m1, REPEAT)', [1, 2, 2, 4]],
    ['FILL(m1, LINEAR)', [1, 2, 3, 4]],
    ['FILL(m1, m2)', [1, 2, 30, 4]],
    ['FILL(none, LINEAR)', [undefined, undefined, undefined, undefined]],
    ['IF(m2 > 20, m2, 0)', [0, 0, 30, 40]],
    ['IF(m1, 1, 0)', [1, 1, undefined, 1]],
    ['SUM([m1, m2])', [11, 2, 30, 44]],
    ['MAX(METRICS("errors"))', [2, 2, 1, 2]],
    ['AVG([m1, 3])', [2, 2.5, 3, 3.5]],
    ['SUM(METRICS())', [14, 5, 31, 47]],
    ['RUNNING_SUM(m1)', [1, 3, 3, 7]],
    ['DIFF(m1)', [undefined, 1, undefined, 2]],
    ['RATE(m2)', [undefined, -10 / 60, 0.5, 10 / 60]],
    ['TIME_SERIES(5)', [5, 5, 5, 5]],
    ['FIRST([m2, m1])', [10, 0, 30, 40]],
    ['CEIL(m1 / 3)', [1, 1, undefined, 2]],
  ])('of time series: %s', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  it.each<[string, number]>([
    ['MAX(m1)', 4],
    ['SUM(m1)', 7],
    ['AVG(m2)', 20],
    ['MIN(m2)', 0],
    ['LAST(m1)', 4],
    ['METRIC_COUNT(METRICS("errors"))', 2],
    ['DATAPOINT_COUNT(m1)', 3],
    ['PERIOD(m1)', 60],
  ])('makes a number of a time series: %s is %p', (source, expected) => {
    expect(value(source)).toBeCloseTo(expected);
  });

  it.each([
    ['m1 +', 'ends too early'],
    ['m1 m2', "an unexpected 'm2'"],
    ['m1 $ 2', "'$ 2' cannot be read"],
    ['(m1', 'ends too early'],
    ['', 'ends too early'],
    ['m9 * 2', "There is no metric or expression 'm9'; there are: m1, m2"],
    [
      'SEARCH("{AWS/SQS}", "Sum")',
      'The function SEARCH is not done by the local emulation; done are ABS, AVG',
    ],
    ['constructor(m1)', 'The function constructor is not done'],
    ['RATE(1)', 'RATE needs a time series, not a number'],
    ['PERIOD(METRICS())', 'PERIOD needs one time series, not several time series'],
    ['IF(m1, 1)', 'IF has too few parameters'],
    ['"text" + 1', "The text 'text' stands where a value is needed"],
  ])('refuses «%s»: %s', (source, message) => {
    expect(() => value(source)).toThrow(MathError);
    expect(() => value(source)).toThrow(message);
  });
});
