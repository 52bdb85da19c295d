import { randomUUID } from 'node:crypto';

import type { ScalingPolicy, TargetTrackingConfiguration } from '@aws-sdk/client-auto-scaling';

import { notDoneHere, validationError } from '../../protocol/errors';
import type { TrackedMath, TrackedMetric, TrackingAlarm } from './alarms';

/** What Auto Scaling makes of a target: out after three minutes above it, in after fifteen below nine tenths of it. */
const high = { suffix: 'AlarmHigh', comparison: 'above', evaluationPeriods: 3, share: 1 } as const;
const low = { suffix: 'AlarmLow', comparison: 'below', evaluationPeriods: 15, share: 0.9 } as const;

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CustomizedMetricSpecification.html, Period */
const periods = [10, 30, 60];

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredefinedMetricSpecification.html */
const predefined: Readonly<Record<string, Omit<TrackedMetric, 'dimensions'>>> = {
  ASGAverageCPUUtilization: { namespace: 'AWS/EC2', name: 'CPUUtilization', statistic: 'Average' },
  ASGAverageNetworkIn: { namespace: 'AWS/EC2', name: 'NetworkIn', statistic: 'Average' },
  ASGAverageNetworkOut: { namespace: 'AWS/EC2', name: 'NetworkOut', statistic: 'Average' },
};

const requestCount = 'ALBRequestCountPerTarget';

/**
 * Requests for each target of a load balancer's target group.
 *
 * @throws ServiceError for a label that names no load balancer and target group.
 */
function requestsPerTarget(label: string): TrackedMetric {
  const [, LoadBalancer, TargetGroup] =
    /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/.exec(label) ?? [];
  if (LoadBalancer === undefined || TargetGroup === undefined) {
    throw validationError(
      `The resource label ${JSON.stringify(label)} must look like app/<name>/<id>/targetgroup/<name>/<id>.`,
    );
  }
  return {
    namespace: 'AWS/ApplicationELB',
    name: 'RequestCountPerTarget',
    dimensions: { LoadBalancer, TargetGroup },
    statistic: 'Sum',
  };
}

/** @throws ServiceError when the metric is not said, said twice, or not done here. */
export function trackedMetric(
  groupName: string,
  configuration: TargetTrackingConfiguration,
): TrackedMetric | TrackedMath {
  const { PredefinedMetricSpecification: fixed, CustomizedMetricSpecification: own } = configuration;
  if ((fixed === undefined) === (own === undefined)) {
    throw validationError(
      'You must specify either a PredefinedMetricSpecification or a CustomizedMetricSpecification, and not both.',
    );
  }
  if (fixed?.PredefinedMetricType === requestCount) {
    return requestsPerTarget(fixed.ResourceLabel ?? '');
  }
  if (fixed !== undefined) {
    const metric = predefined[fixed.PredefinedMetricType ?? ''];
    if (metric === undefined) {
      throw notDoneHere(
        `autoscaling: target tracking of ${fixed.PredefinedMetricType ?? 'an unknown metric'}; done are ${[...Object.keys(predefined), requestCount].join(', ')}: it`,
      );
    }
    return { ...metric, dimensions: { AutoScalingGroupName: groupName } };
  }
  if (own?.Metrics !== undefined) {
    return { queries: own.Metrics };
  }
  if (own?.Namespace === undefined || own.MetricName === undefined || own.Statistic === undefined) {
    throw validationError('A customized metric needs Namespace, MetricName and Statistic.');
  }
  if (own.Period !== undefined && !periods.includes(own.Period)) {
    throw validationError(`The period is ${own.Period}; it must be one of ${periods.join(', ')} seconds.`);
  }
  return {
    namespace: own.Namespace,
    name: own.MetricName,
    dimensions: Object.fromEntries(
      (own.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value] as const),
    ),
    statistic: own.Statistic,
    unit: own.Unit,
    period: own.Period,
  };
}

/**
 * The alarms that Auto Scaling makes for a target tracking policy. A policy that has some keeps their names.
 *
 * @param metric of the policy's configuration.
 */
export function trackingAlarms(
  groupName: string,
  policy: ScalingPolicy,
  metric: TrackedMetric | TrackedMath,
): TrackingAlarm[] {
  const { TargetValue = 0, DisableScaleIn = false } = policy.TargetTrackingConfiguration ?? {};
  return (DisableScaleIn ? [high] : [high, low]).map(({ suffix, comparison, evaluationPeriods, share }) => ({
    name:
      policy.Alarms?.find(({ AlarmName }) => AlarmName?.includes(`-${suffix}-`))?.AlarmName ??
      `TargetTracking-${groupName}-${suffix}-${randomUUID()}`,
    description: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.PolicyARN ?? ''}.`,
    comparison,
    threshold: TargetValue * share,
    evaluationPeriods,
    metric,
    actions: [policy.PolicyARN ?? ''],
  }));
}
