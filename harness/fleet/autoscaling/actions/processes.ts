import type {
  DisableMetricsCollectionQuery,
  EnableMetricsCollectionQuery,
  ProcessesType,
  ScalingProcessQuery,
} from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import type { Store } from '../store';

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html */
const processes = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
];

const metrics = [
  'GroupMinSize',
  'GroupMaxSize',
  'GroupDesiredCapacity',
  'GroupInServiceInstances',
  'GroupPendingInstances',
  'GroupStandbyInstances',
  'GroupTerminatingInstances',
  'GroupTotalInstances',
];

function known(
  given: readonly string[] | undefined,
  all: readonly string[],
  what: string,
): readonly string[] {
  const names = given === undefined || given.length === 0 ? all : given;
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw validationError(`${unknown} is not one of the ${what}: ${all.join(', ')}.`);
  }
  return names;
}

/** The actions on scaling processes and on the group's metrics. */
export function processActions(store: Store): ActionHandlers {
  return {
    SuspendProcesses: ({ AutoScalingGroupName, ScalingProcesses }: ScalingProcessQuery): void => {
      const group = store.group(AutoScalingGroupName);
      for (const process of known(ScalingProcesses, processes, 'scaling processes')) {
        group.suspended.set(process, `User suspended at ${new Date().toISOString()}`);
      }
    },

    ResumeProcesses: ({ AutoScalingGroupName, ScalingProcesses }: ScalingProcessQuery): void => {
      const group = store.group(AutoScalingGroupName);
      for (const process of known(ScalingProcesses, processes, 'scaling processes')) {
        group.suspended.delete(process);
      }
    },

    DescribeScalingProcessTypes: (): ProcessesType => ({
      Processes: processes.map((ProcessName) => ({ ProcessName })),
    }),

    EnableMetricsCollection: ({ AutoScalingGroupName, Metrics }: EnableMetricsCollectionQuery): void => {
      const group = store.group(AutoScalingGroupName);
      known(Metrics, metrics, 'group metrics').forEach((metric) => group.metrics.add(metric));
    },

    DisableMetricsCollection: ({ AutoScalingGroupName, Metrics }: DisableMetricsCollectionQuery): void => {
      const group = store.group(AutoScalingGroupName);
      known(Metrics, metrics, 'group metrics').forEach((metric) => group.metrics.delete(metric));
    },
  };
}
