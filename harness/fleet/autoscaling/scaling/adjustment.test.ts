import { adjust, stepFor, stepsProblem } from './adjustment';

describe('an adjustment', () => {
  // Source: «Scaling adjustment types» of the Auto Scaling user guide, with its own examples.
  it.each([
    ['ChangeInCapacity', 3, 5, undefined, 8],
    ['ChangeInCapacity', 3, -1, undefined, 2],
    ['ExactCapacity', 3, 5, undefined, 5],
    ['PercentChangeInCapacity', 10, 10, undefined, 11],
    // Values greater than 1 are rounded down: 12.7 is rounded to 12.
    ['PercentChangeInCapacity', 127, 10, undefined, 139],
    // Values between 0 and 1 are rounded to 1: .67 is rounded to 1.
    ['PercentChangeInCapacity', 67, 1, undefined, 68],
    // Values between 0 and -1 are rounded to -1: -.58 is rounded to -1.
    ['PercentChangeInCapacity', 58, -1, undefined, 57],
    // Values less than -1 are rounded up: -6.67 is rounded to -6.
    ['PercentChangeInCapacity', 667, -1, undefined, 661],
    // MinAdjustmentMagnitude: 25 percent of 4 is 1, with a magnitude of 2 it is 2.
    ['PercentChangeInCapacity', 4, 25, 2, 6],
    ['PercentChangeInCapacity', 4, -25, 2, 2],
    ['PercentChangeInCapacity', 0, 50, undefined, 0],
  ] as const)('%s of %d by %d (at least %p) gives %d', (type, capacity, by, least, expected) => {
    expect(adjust(capacity, type, by, least)).toBe(expected);
  });
});

describe('the step of a breach', () => {
  // Source: «Step adjustments» of the Auto Scaling user guide: threshold 50, desired capacity 10.
  const out = [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 0 },
    { MetricIntervalLowerBound: 10, MetricIntervalUpperBound: 20, ScalingAdjustment: 10 },
    { MetricIntervalLowerBound: 20, ScalingAdjustment: 30 },
  ];
  const into = [
    { MetricIntervalLowerBound: -10, MetricIntervalUpperBound: 0, ScalingAdjustment: 0 },
    { MetricIntervalLowerBound: -20, MetricIntervalUpperBound: -10, ScalingAdjustment: -10 },
    { MetricIntervalUpperBound: -20, ScalingAdjustment: -30 },
  ];

  it.each([
    [50, out, true, 0],
    [59.9, out, true, 0],
    [60, out, true, 10],
    [70, out, true, 30],
    [1_000, out, true, 30],
    [50, into, false, 0],
    [40, into, false, -10],
    [40.1, into, false, 0],
    [30, into, false, -30],
    [0, into, false, -30],
  ])('at a metric of %d is the documented one', (metric, steps, above, expected) => {
    expect(stepFor(steps, metric - 50, above)?.ScalingAdjustment).toBe(expected);
  });

  it('is none on the other side of the threshold', () => {
    expect(stepFor(out, -1, true)).toBeUndefined();
    expect(stepFor(into, 1, false)).toBeUndefined();
  });
});

describe('steps', () => {
  const step = (MetricIntervalLowerBound?: number, MetricIntervalUpperBound?: number): object => ({
    MetricIntervalLowerBound,
    MetricIntervalUpperBound,
  });

  it.each([
    [[], 'required'],
    [[step()], 'null for both'],
    [[step(5, 5)], 'less than'],
    [[step(0, 10), step(5)], 'overlap'],
    [[step(0, 10), step(11)], 'gaps'],
    [[step(-10, 0)], 'unspecified lower bound'],
    [[step(0, 10)], 'unspecified upper bound'],
    [[step(0)], undefined],
    [[step(undefined, 0)], undefined],
    [[step(10), step(0, 10)], undefined],
    [[step(undefined, -10), step(-10, 10), step(10)], undefined],
  ])('%j are %s', (steps, problem) => {
    const found = stepsProblem(steps.map((bounds) => ({ ...bounds, ScalingAdjustment: 1 })));
    expect(found === undefined ? undefined : problem !== undefined && found.includes(problem)).toBe(
      problem === undefined ? undefined : true,
    );
  });
});
