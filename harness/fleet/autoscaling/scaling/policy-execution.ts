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

/** What an execution of a policy would make of its group. */
export interface Proposal {
  readonly capacity: number;
  /** Who wants it, for the causes of the activities to come. */
  readonly who: string;
  /** In seconds. @default the group's own */
  readonly cooldown?: number;
}

/** Executes scaling policies: each proposes a desired capacity, and the largest becomes the group's, within its bounds. */
export class PolicyExecution {
  constructor(private readonly clock: Clock) {}

  /**
   * Sets the desired capacity that is the largest of what policies propose at once, whether they scale out or in.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html, «Multiple dynamic scaling
   * policies»
   */
  apply(group: Group, proposals: readonly (Proposal | undefined)[]): void {
    const [largest] = proposals
      .filter((proposal) => proposal !== undefined)
      .sort((a, b) => b.capacity - a.capacity);
    if (largest !== undefined) {
      const { MinSize, MaxSize } = group.settings;
      const capacity = Math.max(MinSize, Math.min(MaxSize, largest.capacity));
      changeCapacity(group, capacity, largest.who, this.clock.now(), largest.cooldown);
    }
  }

  /**
   * What a simple scaling policy proposes.
   *
   * @param honorCooldown whether a cooldown in progress holds it back.
   * @returns `undefined` when the cooldown holds it back.
   */
  simple(group: Group, policy: ScalingPolicy, who: string, honorCooldown: boolean): Proposal | undefined {
    if (honorCooldown && coolsDown(group, this.clock)) {
      return undefined;
    }
    const { DesiredCapacity, DefaultCooldown } = group.settings;
    const capacity = adjusted(policy, DesiredCapacity, policy.ScalingAdjustment ?? 0);
    return { capacity, who, cooldown: policy.Cooldown ?? DefaultCooldown };
  }

  /**
   * What a step scaling policy proposes by the step that a breach falls into, if any. Instances that warm up do not count
   * as capacity to add to, and hold back scaling in; instances that terminate still count when scaling in.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html, «Instance warmup»
   */
  step(
    group: Group,
    policy: ScalingPolicy,
    { metric, threshold, comparison }: Breach,
    who: string,
  ): Proposal | undefined {
    const difference = metric === undefined ? 0 : metric - threshold;
    const step = stepFor(policy.StepAdjustments ?? [], difference, comparison === 'above');
    if (step === undefined) {
      return undefined;
    }
    const { DesiredCapacity } = group.settings;
    const by = step.ScalingAdjustment ?? 0;
    const warming = this.warming(group, policy);
    const out = adjusted(policy, DesiredCapacity - warming, by);
    if (out > DesiredCapacity || warming > 0) {
      return { capacity: Math.max(DesiredCapacity, out), who };
    }
    const leaving = group.members.filter(({ lifecycleState }) => lifecycleState.startsWith('Terminat'));
    const capacity = Math.min(DesiredCapacity, adjusted(policy, DesiredCapacity + leaving.length, by));
    return { capacity, who };
  }

  /**
   * What a target tracking policy proposes so that the metric, spread over the capacity, comes to the target, if there is
   * a metric.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
   */
  track(
    group: Group,
    policy: ScalingPolicy,
    { metric, comparison }: Breach,
    who: string,
  ): Proposal | undefined {
    const { TargetValue } = policy.TargetTrackingConfiguration ?? {};
    if (metric === undefined || TargetValue === undefined) {
      return undefined;
    }
    const { DesiredCapacity } = group.settings;
    const warming = this.warming(group, policy);
    const wanted = Math.ceil(((DesiredCapacity - warming) * metric) / TargetValue);
    if (comparison === 'above') {
      return { capacity: Math.max(DesiredCapacity, wanted), who };
    }
    return { capacity: warming > 0 ? DesiredCapacity : Math.min(DesiredCapacity, wanted), who };
  }

  private warming(group: Group, { EstimatedInstanceWarmup }: ScalingPolicy): number {
    const { DefaultInstanceWarmup, DefaultCooldown } = group.settings;
    const seconds = EstimatedInstanceWarmup ?? DefaultInstanceWarmup ?? DefaultCooldown;
    return warmingUp(group, seconds, this.clock).length;
  }
}

function adjusted(policy: ScalingPolicy, capacity: number, by: number): number {
  const type = adjustmentTypes.find((name) => name === policy.AdjustmentType) ?? 'ChangeInCapacity';
  return adjust(capacity, type, by, policy.MinAdjustmentMagnitude);
}
