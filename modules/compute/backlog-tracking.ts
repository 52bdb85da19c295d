import { AutoscalingPolicy } from '@cdktf/provider-aws/lib/autoscaling-policy';
import { Construct } from 'constructs';

import type { TaskQueueBase } from '../messaging';
import type { Metric } from '../metric';
import { backlogProblems, refuse } from '../validation';

/** Settings of {@link BacklogTracking}. */
export interface BacklogTrackingProps {
  /** Beginning of the name of the policy. */
  readonly name: string;
  /** Name of the Auto Scaling group. */
  readonly groupName: string;
  /** Queue whose tasks are counted. */
  readonly queue: TaskQueueBase;
  /** How many instances of the group work. */
  readonly inService: Metric;
  /** How many waiting tasks an instance may have: the longest wait that is acceptable, divided by the time of a task. */
  readonly backlogPerInstance: number;
}

/**
 * Keeps the waiting tasks for each instance near a target. Auto Scaling makes the alarms itself: it adds instances after
 * three minutes above the target, as many as bring it back, and takes them away, slower, after fifteen minutes below.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-target-tracking-metric-math.html
 */
export class BacklogTracking extends Construct {
  /** @throws ValidationError unless the backlog is a positive number. */
  constructor(scope: Construct, id: string, props: BacklogTrackingProps) {
    super(scope, id);
    const { name, groupName, queue, inService, backlogPerInstance } = props;
    refuse(backlogProblems(backlogPerInstance));
    new AutoscalingPolicy(this, 'policy', {
      name: `${name}-backlog-per-instance`,
      autoscalingGroupName: groupName,
      policyType: 'TargetTrackingScaling',
      targetTrackingConfiguration: {
        targetValue: backlogPerInstance,
        customizedMetricSpecification: {
          metrics: [
            operand('visible', queue.metricVisible()),
            operand('instances', inService),
            {
              id: 'backlog',
              expression: 'visible / instances',
              label: 'Waiting tasks for each instance',
              returnData: true,
            },
          ],
        },
      },
    });
  }
}

/** A metric in the words of a target tracking policy, which differ from those of an alarm. */
function operand(id: string, { namespace, metricName, dimensions, statistic }: Metric) {
  return {
    id,
    metricStat: {
      metric: {
        namespace,
        metricName,
        dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
      },
      stat: statistic,
    },
    returnData: false,
  };
}
