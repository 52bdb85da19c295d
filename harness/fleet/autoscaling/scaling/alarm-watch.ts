import type { ScalingPolicy } from '@aws-sdk/client-auto-scaling';

import type { Clock } from '../../clock';
import { type Group, performs } from '../group';
import type { Store } from '../store';
import type { Aggregation, Alarm, AlarmGateway } from './alarms';
import type { PolicyExecution } from './policy-execution';

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

  /** Looks at every alarm, and executes what their states demand. */
  look(): void {
    this.known = this.gateway.alarms();
    const pending = new Map<string, Date>();
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
        this.act(alarm, found.group, found.policy);
        if (due === undefined) {
          this.gateway.executed(alarm.name, policyArn);
        }
      }
    }
    this.due = pending;
  }

  private act(alarm: Alarm, group: Group, policy: ScalingPolicy): void {
    if (!performs(group, 'AlarmNotification') || policy.Enabled === false || group.status !== undefined) {
      return;
    }
    const who = `a monitor alarm ${alarm.name} in state ${alarm.state} triggered policy ${policy.PolicyName ?? ''}`;
    const { threshold, comparison } = alarm;
    if (policy.PolicyType === 'SimpleScaling') {
      this.execution.simple(group, policy, who, true);
      return;
    }
    const aggregation = aggregations.find((name) => name === policy.MetricAggregationType) ?? 'Average';
    const metric = this.gateway.metric(alarm.name, aggregation);
    if (policy.PolicyType === 'StepScaling') {
      this.execution.step(group, policy, { metric, threshold, comparison }, who);
    } else {
      this.execution.track(group, policy, { metric, threshold, comparison }, who);
    }
  }
}
