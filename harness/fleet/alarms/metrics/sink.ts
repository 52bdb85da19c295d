import type { StandardUnit } from '@aws-sdk/client-cloudwatch';

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
}
