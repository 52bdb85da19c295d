import { distributionOf } from '../alarms/metrics/distribution';
import type { MetricSink } from '../alarms/metrics/sink';
import type { Group } from './group';

const inState =
  (...states: string[]) =>
  ({ members }: Group): number =>
    members.filter(({ lifecycleState }) => states.some((state) => lifecycleState.startsWith(state))).length;

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html, «Group metrics» */
const measures: Readonly<Record<string, (group: Group) => number>> = {
  GroupMinSize: ({ settings }) => settings.MinSize,
  GroupMaxSize: ({ settings }) => settings.MaxSize,
  GroupDesiredCapacity: ({ settings }) => settings.DesiredCapacity,
  GroupInServiceInstances: inState('InService'),
  GroupPendingInstances: inState('Pending'),
  GroupStandbyInstances: inState('Standby'),
  GroupTerminatingInstances: inState('Terminating'),
  GroupTotalInstances: ({ members }) => members.length,
};

/** Names of the metrics that a group can report. */
export const groupMetrics = Object.keys(measures);

/** Reports those metrics of a group that are enabled. */
export function reportGroup(group: Group, sink: MetricSink): void {
  const { AutoScalingGroupName } = group.settings;
  for (const name of group.metrics) {
    const measure = measures[name];
    if (measure !== undefined) {
      const metric = { namespace: 'AWS/AutoScaling', name, dimensions: { AutoScalingGroupName } };
      sink.put(metric, distributionOf(measure(group)), 'None');
    }
  }
}
