import type { ScalingPolicy } from '@aws-sdk/client-auto-scaling';

import type { Clock } from '../../clock';
import { type Group, changeCapacity } from '../group';
import { adjust, adjustmentTypes, stepFor } from './adjustment';
import type { Comparison } from './alarms';
import { coolsDown, warmingUp } from './cooldown';

/** How far, and on which side, a metric is from the threshold of its alarm. */
export interface Breach {
  /** The metric; `undefined` when there is no data point and missing data counts as breaching. */
  readonly metric: number | undefined;
  readonly threshold: number;
  readonly comparison: Comparison;
}

/** Executes scaling policies: decides a new desired capacity, within the group's bounds. */
export class PolicyExecution {
  constructor(private readonly clock: Clock) {}

  /**
   * Changes the desired capacity by a simple scaling policy.
   *
   * @param honorCooldown whether a cooldown in progress holds it back.
   * @returns `false` when the cooldown held it back.
   */
  simple(group: Group, policy: ScalingPolicy, who: string, honorCooldown: boolean): boolean {
    if (honorCooldown && coolsDown(group, this.clock)) {
      return false;
    }
    const { DesiredCapacity, DefaultCooldown } = group.settings;
    const capacity = adjusted(policy, DesiredCapacity, policy.ScalingAdjustment ?? 0);
    this.set(group, capacity, who, policy.Cooldown ?? DefaultCooldown);
    return true;
  }

  /**
   * Changes the desired capacity by the step that a breach falls into. Instances that warm up do not count as capacity
   * to add to, and hold back scaling in; instances that terminate still count when scaling in.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html, «Instance warmup»
   */
  step(group: Group, policy: ScalingPolicy, { metric, threshold, comparison }: Breach, who: string): void {
    const difference = metric === undefined ? 0 : metric - threshold;
    const step = stepFor(policy.StepAdjustments ?? [], difference, comparison === 'above');
    if (step === undefined) {
      return;
    }
    const { DesiredCapacity } = group.settings;
    const by = step.ScalingAdjustment ?? 0;
    const warming = this.warming(group, policy);
    const out = adjusted(policy, DesiredCapacity - warming, by);
    if (out > DesiredCapacity) {
      this.set(group, out, who);
    } else if (warming === 0) {
      const leaving = group.members.filter(({ lifecycleState }) => lifecycleState.startsWith('Terminat'));
      this.set(group, Math.min(DesiredCapacity, adjusted(policy, DesiredCapacity + leaving.length, by)), who);
    }
  }

  /**
   * Changes the desired capacity so that the metric, spread over it, comes to the target.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
   */
  track(group: Group, policy: ScalingPolicy, { metric, comparison }: Breach, who: string): void {
    const { TargetValue, DisableScaleIn = false } = policy.TargetTrackingConfiguration ?? {};
    if (metric === undefined || TargetValue === undefined) {
      return;
    }
    const { DesiredCapacity } = group.settings;
    const warming = this.warming(group, policy);
    const wanted = Math.ceil(((DesiredCapacity - warming) * metric) / TargetValue);
    if (comparison === 'above') {
      this.set(group, Math.max(DesiredCapacity, wanted), who);
    } else if (!DisableScaleIn && warming === 0) {
      this.set(group, Math.min(DesiredCapacity, wanted), who);
    }
  }

  private warming(group: Group, { EstimatedInstanceWarmup }: ScalingPolicy): number {
    const { DefaultInstanceWarmup, DefaultCooldown } = group.settings;
    const seconds = EstimatedInstanceWarmup ?? DefaultInstanceWarmup ?? DefaultCooldown;
    return warmingUp(group, seconds, this.clock).length;
  }

  private set(group: Group, capacity: number, who: string, cooldown?: number): void {
    const { MinSize, MaxSize } = group.settings;
    changeCapacity(group, Math.max(MinSize, Math.min(MaxSize, capacity)), who, this.clock.now(), cooldown);
  }
}

function adjusted(policy: ScalingPolicy, capacity: number, by: number): number {
  const type = adjustmentTypes.find((name) => name === policy.AdjustmentType) ?? 'ChangeInCapacity';
  return adjust(capacity, type, by, policy.MinAdjustmentMagnitude);
}
