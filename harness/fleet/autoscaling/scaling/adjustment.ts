import type { StepAdjustment } from '@aws-sdk/client-auto-scaling';

/** How a policy's number changes the capacity. */
export const adjustmentTypes = ['ChangeInCapacity', 'ExactCapacity', 'PercentChangeInCapacity'] as const;

/** Its name in the API. */
export type AdjustmentType = (typeof adjustmentTypes)[number];

/** A percentage of a capacity as whole instances: never less than one, else towards zero. */
function percentOf(capacity: number, percent: number): number {
  const exact = (capacity * percent) / 100;
  return exact === 0 ? 0 : Math.abs(exact) < 1 ? Math.sign(exact) : Math.trunc(exact);
}

/**
 * The capacity after an adjustment, regardless of the group's bounds.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html, «Scaling adjustment types»
 *
 * @param leastMagnitude by how much a percentage changes the capacity at least. @default 1
 */
export function adjust(
  capacity: number,
  type: AdjustmentType,
  adjustment: number,
  leastMagnitude = 1,
): number {
  switch (type) {
    case 'ExactCapacity':
      return adjustment;
    case 'ChangeInCapacity':
      return capacity + adjustment;
    case 'PercentChangeInCapacity': {
      const change = percentOf(capacity, adjustment);
      return capacity + Math.sign(change) * Math.max(Math.abs(change), leastMagnitude);
    }
  }
}

/**
 * The step that a breach falls into. Above the threshold a step includes its lower bound and not its upper; below it is
 * the other way round.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html, «Step adjustments»
 *
 * @param difference metric minus threshold.
 * @param above whether the alarm watches for values above its threshold: decides at the threshold itself.
 */
export function stepFor(
  steps: readonly StepAdjustment[],
  difference: number,
  above: boolean,
): StepAdjustment | undefined {
  const upwards = difference === 0 ? above : difference > 0;
  return steps.find(({ MetricIntervalLowerBound: lower, MetricIntervalUpperBound: upper }) => {
    const [from, to] = [lower ?? Number.NEGATIVE_INFINITY, upper ?? Number.POSITIVE_INFINITY];
    return upwards ? from <= difference && difference < to : from < difference && difference <= to;
  });
}

/**
 * What is wrong with the steps of a policy: they must cover their range without gap or overlap.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StepAdjustment.html
 *
 * @returns `undefined` when nothing is.
 */
export function stepsProblem(steps: readonly StepAdjustment[]): string | undefined {
  const ranges = steps
    .map(({ MetricIntervalLowerBound: lower, MetricIntervalUpperBound: upper }) => ({
      from: lower ?? Number.NEGATIVE_INFINITY,
      to: upper ?? Number.POSITIVE_INFINITY,
    }))
    .sort((a, b) => a.from - b.from);
  const [first, last] = [ranges[0], ranges.at(-1)];
  if (first === undefined || last === undefined) {
    return 'StepAdjustments are required for policy type StepScaling';
  }
  if (ranges.some(({ from, to }) => from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY)) {
    return 'Step adjustment intervals can not have null for both lower and upper bounds.';
  }
  if (ranges.some(({ from, to }) => from >= to)) {
    return 'Step adjustment intervals must have a lower bound less than their upper bound.';
  }
  for (const [index, { from }] of ranges.slice(1).entries()) {
    const before = ranges[index];
    if (before !== undefined && before.to !== from) {
      return before.to > from
        ? "Step adjustment intervals can't overlap."
        : "Step adjustment intervals can't have gaps between them.";
    }
  }
  if (first.from < 0 && first.from !== Number.NEGATIVE_INFINITY) {
    return 'There must be a step adjustment with an unspecified lower bound when one step adjustment has a negative lower bound.';
  }
  if (last.to > 0 && last.to !== Number.POSITIVE_INFINITY) {
    return 'There must be a step adjustment with an unspecified upper bound when one step adjustment has a positive upper bound.';
  }
  return undefined;
}
