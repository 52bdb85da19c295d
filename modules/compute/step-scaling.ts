import { AutoscalingPolicy } from '@cdktf/provider-aws/lib/autoscaling-policy';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';

import type { TaskQueueBase } from '../messaging';
import { refuse, thresholdProblems } from '../validation';

/** Settings of {@link StepScaling}. */
export interface StepScalingProps {
  /** Beginning of the names of policies and alarms. */
  readonly name: string;
  /** Name of the Auto Scaling group. */
  readonly groupName: string;
  /** Queue whose tasks are counted. */
  readonly queue: TaskQueueBase;
  /** More visible messages than this add an instance. */
  readonly scaleOutThreshold: number;
}

/**
 * The lab's literal rule: more visible messages than the threshold add an instance; an empty queue takes one away, more
 * slowly.
 */
export class StepScaling extends Construct {
  /** @throws ValidationError for a negative threshold. */
  constructor(scope: Construct, id: string, { name, groupName, queue, scaleOutThreshold }: StepScalingProps) {
    super(scope, id);
    refuse(thresholdProblems('scaleOutThreshold', scaleOutThreshold));
    const visible = queue.metricVisible();

    const scaleOut = new AutoscalingPolicy(this, 'scale-out', {
      name: `${name}-scale-out`,
      autoscalingGroupName: groupName,
      policyType: 'StepScaling',
      adjustmentType: 'ChangeInCapacity',
      metricAggregationType: 'Maximum',
      stepAdjustment: [{ metricIntervalLowerBound: '0', scalingAdjustment: 1 }],
    });
    new CloudwatchMetricAlarm(this, 'backlog', {
      ...visible,
      alarmName: `${name}-backlog`,
      alarmDescription: `More than ${scaleOutThreshold} tasks wait: add a worker.`,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: scaleOutThreshold,
      evaluationPeriods: 1,
      treatMissingData: 'notBreaching',
      alarmActions: [scaleOut.arn],
    });

    const scaleIn = new AutoscalingPolicy(this, 'scale-in', {
      name: `${name}-scale-in`,
      autoscalingGroupName: groupName,
      policyType: 'StepScaling',
      adjustmentType: 'ChangeInCapacity',
      metricAggregationType: 'Maximum',
      stepAdjustment: [{ metricIntervalUpperBound: '0', scalingAdjustment: -1 }],
    });
    new CloudwatchMetricAlarm(this, 'idle', {
      ...visible,
      alarmName: `${name}-idle`,
      alarmDescription: 'No task has waited for five minutes: take a worker away.',
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      evaluationPeriods: 5,
      // An inactive queue reports nothing after six hours, and then there is nothing to do.
      treatMissingData: 'breaching',
      alarmActions: [scaleIn.arn],
    });
  }
}
