/** A metric of CloudWatch in the words of `aws_cloudwatch_metric_alarm`: spread it into an alarm. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Average' | 'Maximum' | 'Minimum' | 'SampleCount' | 'Sum';
  /** Seconds that one value stands for. */
  readonly period: number;
}

/** What a caller of a `metric…` method may choose. */
export type MetricOptions = Partial<Pick<Metric, 'statistic' | 'period'>>;

/** One query of an alarm that computes: a metric under a short name, which an expression uses. */
export interface MetricQuery {
  readonly id: string;
  readonly metric: Omit<Metric, 'statistic'> & { readonly stat: Metric['statistic'] };
}

/** A metric as an operand of metric math: `metric_query` of an alarm. */
export function metricQuery(id: string, { statistic, ...metric }: Metric): MetricQuery {
  return { id, metric: { ...metric, stat: statistic } };
}
