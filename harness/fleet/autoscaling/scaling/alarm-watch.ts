import type { ScalingPolicy } from '@aws-sdk/client-auto-scaling';

import type { Clock } from '../../clock';
import { type Group, performs } from '../group';
import { activeRefresh } from '../refresh/refresh';
import type { Store } from '../store';
import type { Aggregation, Alarm, AlarmGateway } from './alarms';
import type { PolicyExecution } from './policy-execution';

/**
 * CloudWatch invokes Auto Scaling actions again once a minute while the alarm remains in its state.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html, «Alarm actions»
 */
const againAfterSeconds = 60;

/** How often alarms are looked at, in seconds. */
const lookSeconds = 2;

const aggregations: readonly Aggregation[] = ['Minimum', 'Maximum', 'Average'];

/** Lets alarms execute the scaling policies that they name, as CloudWatch does. */
export class AlarmWatch {
  private known: readonly Alarm[] = [];
  private nextLook: Date | undefined;
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

  /** Looks at every alarm, unless it did a moment ago, and executes what their states demand. */
  async look(): Promise<void> {
    if (!this.isNeeded() || (this.nextLook !== undefined && this.nextLook > this.clock.now())) {
      return;
    }
    this.nextLook = this.clock.later(lookSeconds);
    this.known = await this.gateway.alarms();
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
        } else {
          pending.set(key, this.clock.later(againAfterSeconds));
          await this.act(alarm, found.group, found.policy);
        }
      }
    }
    this.due = pending;
  }

  private isNeeded(): boolean {
    return [...this.store.groups.values()].some(
      (group) =>
        group.policies.size > 0 || activeRefresh(group)?.preferences.AlarmSpecification !== undefined,
    );
  }

  private async act(alarm: Alarm, group: Group, policy: ScalingPolicy): Promise<void> {
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
    const metric = await this.gateway.metric(alarm.name, aggregation);
    if (policy.PolicyType === 'StepScaling') {
      this.execution.step(group, policy, { metric, threshold, comparison }, who);
    } else {
      this.execution.track(group, policy, { metric, threshold, comparison }, who);
    }
  }
}
