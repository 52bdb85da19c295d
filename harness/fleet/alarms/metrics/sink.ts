import type { StandardUnit } from '@aws-sdk/client-cloudwatch';

import type { Distribution } from './distribution';

/** Names and values that tell metrics of one name apart. */
export type Dimensions = Readonly<Record<string, string>>;

/** What a metric is told apart by. */
export interface MetricId {
  /** E.g. `AWS/ApplicationELB`. */
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

/** Takes the metrics that AWS's services report of themselves. */
export interface MetricSink {
  /** Takes values that were measured up to now. */
  put(metric: MetricId, values: Distribution, unit: StandardUnit): void;
}
