import type { MetricDatum, PutMetricDataInput } from '@aws-sdk/client-cloudwatch';

import { type Distribution, addTo, distributionOf } from './distribution';
import type { MetricStore } from './store';

function distribution({
  Value,
  Values,
  Counts,
  StatisticValues: set,
}: MetricDatum): Distribution | undefined {
  if (set !== undefined) {
    const { SampleCount: count = 0, Sum: sum = 0, Minimum: min = 0, Maximum: max = 0 } = set;
    return { count, sum, min, max, values: undefined };
  }
  if (Value !== undefined) {
    return distributionOf(Value);
  }
  const [first, ...others] = (Values ?? []).map((value, index) =>
    distributionOf(value, Counts?.[index] ?? 1),
  );
  others.forEach((other) => {
    if (first !== undefined) {
      addTo(first, other);
    }
  });
  return first;
}

/** Keeps for alarms what someone reports to CloudWatch. AWS's own namespaces are kept where their values are made. */
export function recordData(
  store: MetricStore,
  { Namespace = '', MetricData = [] }: PutMetricDataInput,
  now: Date,
): void {
  if (Namespace.startsWith('AWS/')) {
    return;
  }
  for (const datum of MetricData) {
    const values = distribution(datum);
    const { MetricName = '', Dimensions = [], Timestamp = now, Unit } = datum;
    const dimensions = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
    if (values !== undefined && values.count > 0) {
      store.record({ namespace: Namespace, name: MetricName, dimensions }, Timestamp, values, Unit);
    }
  }
}
