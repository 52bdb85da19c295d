/** Adds one instance, and three where the metric is ten above the threshold. */
export const stepOut = {
  PolicyType: 'StepScaling',
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
    { MetricIntervalLowerBound: 10, ScalingAdjustment: 3 },
  ],
};

/** Takes one instance away. */
export const stepIn = {
  PolicyType: 'StepScaling',
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }],
};
