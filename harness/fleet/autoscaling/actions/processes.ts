import type {
  DescribeMetricCollectionTypesAnswer,
  DisableMetricsCollectionQuery,
  EnableMetricsCollectionQuery,
  ProcessesType,
  ScalingProcessQuery,
} from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import type { Clock } from '../../clock';
import { scalingProcesses, stamp } from '../group';
import { groupMetrics } from '../group-metrics';
import type { Store } from '../store';

const granularity = '1Minute';

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
export function processActions(store: Store, clock: Clock): ActionHandlers {
  return {
    SuspendProcesses: ({ AutoScalingGroupName, ScalingProcesses }: ScalingProcessQuery): void => {
      const group = store.group(AutoScalingGroupName);
      for (const process of known(ScalingProcesses, scalingProcesses, 'scaling processes')) {
        group.suspended.set(process, `User suspended at ${stamp(clock.now())}`);
      }
    },

    ResumeProcesses: ({ AutoScalingGroupName, ScalingProcesses }: ScalingProcessQuery): void => {
      const group = store.group(AutoScalingGroupName);
      for (const process of known(ScalingProcesses, scalingProcesses, 'scaling processes')) {
        group.suspended.delete(process);
      }
    },

    DescribeScalingProcessTypes: (): ProcessesType => ({
      Processes: scalingProcesses.map((ProcessName) => ({ ProcessName })),
    }),

    DescribeMetricCollectionTypes: (): DescribeMetricCollectionTypesAnswer => ({
      Metrics: groupMetrics.map((Metric) => ({ Metric })),
      Granularities: [{ Granularity: granularity }],
    }),

    EnableMetricsCollection: (input: EnableMetricsCollectionQuery): void => {
      const { AutoScalingGroupName, Metrics, Granularity } = input;
      const group = store.group(AutoScalingGroupName);
      if (Granularity !== granularity) {
        throw validationError(
          `The granularity ${Granularity ?? ''} is not valid. The valid value is ${granularity}.`,
        );
      }
      known(Metrics, groupMetrics, 'group metrics').forEach((metric) => group.metrics.add(metric));
    },

    DisableMetricsCollection: ({ AutoScalingGroupName, Metrics }: DisableMetricsCollectionQuery): void => {
      const group = store.group(AutoScalingGroupName);
      known(Metrics, groupMetrics, 'group metrics').forEach((metric) => group.metrics.delete(metric));
    },
  };
}
