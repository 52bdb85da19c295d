import type { StandardUnit } from '@aws-sdk/client-cloudwatch';

import type { Distribution } from './distribution';

/** Names and values that tell metrics of one name apart. */
export type Dimensions = Readonly<Record<string, string>>;

/** Takes the metrics that AWS's services report of themselves. */
export interface MetricSink {
  /**
   * Takes one value, measured now.
   *
   * @param namespace e.g. `AWS/ApplicationELB`.
   */
  put(namespace: string, name: string, dimensions: Dimensions, value: number, unit: StandardUnit): void;
  /** Takes several values, measured up to now. */
  add(
    namespace: string,
    name: string,
    dimensions: Dimensions,
    values: Distribution,
    unit: StandardUnit,
  ): void;
}
