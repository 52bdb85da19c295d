import type { ScalingPolicy } from '@aws-sdk/client-auto-scaling';

import type { Clock } from '../../clock';
import { type Group, performs } from '../group';
import type { Store } from '../store';
import type { Aggregation, Alarm, AlarmGateway } from './alarms';
import type { PolicyExecution, Proposal } from './policy-execution';

/**
 * CloudWatch invokes Auto Scaling actions again once a minute while the alarm remains in its state.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html, «Alarm actions»
 */
const againAfterSeconds = 60;

const aggregations: readonly Aggregation[] = ['Minimum', 'Maximum', 'Average'];

/** Lets alarms execute the scaling policies that they name, as CloudWatch does. */
export class AlarmWatch {
  private known: readonly Alarm[] = [];
  /** When each alarm's action is due again, by alarm, state and policy. */
  private due = new Map<string, Date>();

  constructor(
    private readonly store: Store,
    private readonly gateway: AlarmGateway,
    private readonly execution: PolicyExecution,
    private readonly clock: Clock,
  ) {}

  /** Alarms with an action that is the policy, when they were last looked at. */
  alarmsOf(policyArn: string): Alarm[] {
    return this.known.filter(({ actions }) => actions.includes(policyArn));
  }

  /** The state of an alarm when it was last looked at. */
  stateOf(name: string): Alarm['state'] | undefined {
    return this.known.find((alarm) => alarm.name === name)?.state;
  }

  /** Looks at every alarm, and executes what their states demand: of one group together. */
  look(): void {
    this.known = this.gateway.alarms();
    const pending = new Map<string, Date>();
    const proposals = new Map<Group, (Proposal | undefined)[]>();
    for (const alarm of this.known) {
      for (const policyArn of alarm.stateActions) {
        const found = this.store.policyOf(policyArn);
        const key = [alarm.arn, alarm.state, policyArn].join(' ');
        const due = this.due.get(key);
        if (found === undefined) {
          continue;
        }
        if (due !== undefined && due > this.clock.now()) {
          pending.set(key, due);
          continue;
        }
        pending.set(key, this.clock.later(againAfterSeconds));
        const { group, policy } = found;
        proposals.set(group, [...(proposals.get(group) ?? []), ...this.act(alarm, group, policy)]);
        if (due === undefined) {
          this.gateway.executed(alarm.name, policyArn);
        }
      }
    }
    this.due = pending;
    proposals.forEach((proposed, group) => {
      this.execution.apply(group, proposed);
    });
  }

  private act(alarm: Alarm, group: Group, policy: ScalingPolicy): (Proposal | undefined)[] {
    if (!performs(group, 'AlarmNotification') || policy.Enabled === false || group.status !== undefined) {
      return [];
    }
    if (policy.PolicyType === 'TargetTrackingScaling' && alarm.comparison === 'below') {
      return this.trackIn(group);
    }
    return [this.propose(alarm, group, policy)];
  }

  /**
   * Target tracking policies scale in together: only when all of them that may are ready to, and then by the largest of
   * what they propose, though CloudWatch invokes them at different times.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html, «Multiple target tracking
   * scaling policies»
   */
  private trackIn(group: Group): (Proposal | undefined)[] {
    const tracking = [...group.policies.values()].filter(
      ({ PolicyType, Enabled, TargetTrackingConfiguration: configuration }) =>
        PolicyType === 'TargetTrackingScaling' && Enabled !== false && configuration?.DisableScaleIn !== true,
    );
    const proposals = tracking.map((policy) => {
      const low = this.alarmsOf(policy.PolicyARN ?? '').find(({ comparison }) => comparison === 'below');
      return low?.state === 'ALARM' ? this.propose(low, group, policy) : undefined;
    });
    return proposals.includes(undefined) ? [] : proposals;
  }

  private propose(alarm: Alarm, group: Group, policy: ScalingPolicy): Proposal | undefined {
    const who = `a monitor alarm ${alarm.name} in state ${alarm.state} triggered policy ${policy.PolicyName ?? ''}`;
    const { threshold, comparison } = alarm;
    if (policy.PolicyType === 'SimpleScaling') {
      return this.execution.simple(group, policy, who, true);
    }
    const aggregation = aggregations.find((name) => name === policy.MetricAggregationType) ?? 'Average';
    const metric = this.gateway.metric(alarm.name, aggregation);
    return policy.PolicyType === 'StepScaling'
      ? this.execution.step(group, policy, { metric, threshold, comparison }, who)
      : this.execution.track(group, policy, { metric, threshold, comparison }, who);
  }
}
