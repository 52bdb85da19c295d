/** Values that were measured in some time, as far as statistics need them. */
export interface Distribution {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** How often each value came, to four digits; none of values that came as a statistic set. */
  values: Map<number, number> | undefined;
}

/** A percentile of values needs them; four digits of each are enough, and bound the memory. */
const digits = 4;

/** No value yet, to be added to. */
export function noValues(): Distribution {
  return { count: 0, sum: 0, min: Infinity, max: -Infinity, values: new Map() };
}

/** A value, or a value that came several times. */
export function distributionOf(value: number, count = 1): Distribution {
  return {
    count,
    sum: value * count,
    min: value,
    max: value,
    values: new Map([[Number(value.toPrecision(digits)), count]]),
  };
}

/** The same values, to be added to. */
export function copyOf(distribution: Distribution): Distribution {
  return { ...distribution, values: distribution.values && new Map(distribution.values) };
}

/** Adds one distribution to another. */
export function addTo(total: Distribution, more: Distribution): void {
  total.count += more.count;
  total.sum += more.sum;
  total.min = Math.min(total.min, more.min);
  total.max = Math.max(total.max, more.max);
  if (more.values === undefined || total.values === undefined) {
    total.values = undefined;
    return;
  }
  for (const [value, count] of more.values) {
    total.values.set(value, (total.values.get(value) ?? 0) + count);
  }
}
