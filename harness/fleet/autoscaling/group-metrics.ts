import { distributionOf } from '../alarms/metrics/distribution';
import type { MetricSink } from '../alarms/metrics/sink';
import { type Group, everyMember } from './group';
import type { Member } from './member';
import { type WarmPool, isPrepared, wantedSize } from './warm-pool/pool';

/** What is measured of a group; nothing of a warm pool that it does not have. */
type Measure = (group: Group) => number | undefined;

const countOf = (members: readonly Member[], state: string): number =>
  members.filter(({ lifecycleState }) => lifecycleState.startsWith(state)).length;

const inState =
  (state: string): Measure =>
  ({ members }) =>
    countOf(members, state);

const ofPool =
  (measure: (pool: WarmPool, group: Group) => number): Measure =>
  (group) =>
    group.pool && measure(group.pool, group);

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html, «Group metrics» and «Warm pool metrics» */
const measures: Readonly<Record<string, Measure>> = {
  GroupMinSize: ({ settings }) => settings.MinSize,
  GroupMaxSize: ({ settings }) => settings.MaxSize,
  GroupDesiredCapacity: ({ settings }) => settings.DesiredCapacity,
  GroupInServiceInstances: inState('InService'),
  GroupPendingInstances: inState('Pending'),
  GroupStandbyInstances: inState('Standby'),
  GroupTerminatingInstances: inState('Terminating'),
  GroupTotalInstances: ({ members }) => members.length,
  WarmPoolMinSize: ofPool(({ configuration }) => configuration.MinSize),
  WarmPoolDesiredCapacity: ofPool((pool, group) => wantedSize(group, pool)),
  WarmPoolPendingCapacity: ofPool(({ members }) => countOf(members, 'Warmed:Pending')),
  WarmPoolTerminatingCapacity: ofPool(({ members }) => countOf(members, 'Warmed:Terminating')),
  WarmPoolWarmedCapacity: ofPool(({ members }) => members.filter(isPrepared).length),
  WarmPoolTotalCapacity: ofPool(({ members }) => members.length),
  GroupAndWarmPoolDesiredCapacity: ofPool(
    (pool, group) => group.settings.DesiredCapacity + wantedSize(group, pool),
  ),
  GroupAndWarmPoolTotalCapacity: ofPool((_, group) => everyMember(group).length),
};

/** Names of the metrics that a group can report. */
export const groupMetrics = Object.keys(measures);

/** Reports those metrics of a group that are enabled. */
export function reportGroup(group: Group, sink: MetricSink): void {
  const { AutoScalingGroupName } = group.settings;
  for (const name of group.metrics) {
    const value = measures[name]?.(group);
    if (value !== undefined) {
      const metric = { namespace: 'AWS/AutoScaling', name, dimensions: { AutoScalingGroupName } };
      sink.put(metric, distributionOf(value), 'None');
    }
  }
}
