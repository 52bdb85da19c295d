import type { AutoscalingGroupConfig } from '@cdktf/provider-aws/lib/autoscaling-group';
import type { AutoscalingLifecycleHookConfig } from '@cdktf/provider-aws/lib/autoscaling-lifecycle-hook';

import { type Problem, wholeNumberProblems } from '../validation';

/** States that an instance of a warm pool may be kept in. */
export const poolStates = ['Stopped', 'Running'] as const;

/** What a warm pool must not be told to do with its instances, and why. */
export const poolStateAllowed =
  'it must be "Stopped" or "Running": Hibernated needs a disk with room for the memory, and a worker has nothing in memory that is worth keeping.';

/** Instances beside a group that have booted already: it takes them first when it scales out. */
export interface WarmPool {
  /** What an instance of the pool is: stopped, it costs its disk alone. @default Stopped */
  readonly poolState?: (typeof poolStates)[number] | undefined;
  /** Instances that the pool has at least. @default 0 */
  readonly minSize?: number | undefined;
  /** Instances that the group and its pool have together at most. @default the maxSize of the group */
  readonly maxGroupPreparedCapacity?: number | undefined;
  /**
   * Whether instances go back to the pool when the group scales in. To end that, say `false`: without a word AWS keeps what it
   * has been told.
   *
   * @default they are terminated
   */
  readonly reuseOnScaleIn?: boolean | undefined;
}

/** How long an instance may take to boot, in seconds, before it is replaced. */
const bootSeconds = 600;

/**
 * What AWS or its provider would refuse. Spot instances cannot wait in a pool.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html#warm-pools-limitations
 */
export function warmPoolProblems(warmPool: WarmPool | undefined, usesSpot: boolean): Problem[] {
  if (warmPool === undefined) {
    return [];
  }
  const { poolState = 'Stopped', minSize = 0, maxGroupPreparedCapacity = 1 } = warmPool;
  return [
    ...(poolStates.includes(poolState)
      ? []
      : [{ field: 'poolState of the warmPool', given: poolState, allowed: poolStateAllowed }]),
    ...countProblems('minSize', minSize, 0),
    // The provider does not send a 0.
    ...countProblems('maxGroupPreparedCapacity', maxGroupPreparedCapacity, 1),
    ...(usesSpot
      ? [
          {
            field: 'warmPool',
            given: warmPool,
            allowed:
              'AWS keeps no spot instances in a warm pool: leave out onDemandPercentageAboveBaseCapacity (all on demand), or the warm pool.',
          },
        ]
      : []),
  ];
}

function countProblems(field: string, given: number, least: number): Problem[] {
  const allowed = `it must be a whole number of instances, ${least} or more.`;
  return wholeNumberProblems(`${field} of the warmPool`, given, least, Number.MAX_SAFE_INTEGER, allowed);
}

/** Name of the hook that holds a launching instance of a group until it has booted. */
export function launchHookName(groupName: string): string {
  return `${groupName}-launch`;
}

/**
 * Auto Scaling stops an instance of a warm pool without waiting for its user data. So a hook holds it until its program says
 * that it runs, both on its way into the pool and out of it; one that never says so is replaced.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pool-instance-lifecycle.html
 */
export function launchHook(
  groupName: string,
): Omit<AutoscalingLifecycleHookConfig, 'autoscalingGroupName' | 'count' | 'provider'> {
  return {
    name: launchHookName(groupName),
    lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    heartbeatTimeout: bootSeconds,
    defaultResult: 'ABANDON',
  };
}

/** The pool in the words of the provider. A new group has the hook before its first instance. */
export function warmPoolOptions(
  groupName: string,
  warmPool: WarmPool | undefined,
): Pick<AutoscalingGroupConfig, 'warmPool' | 'initialLifecycleHook'> {
  if (warmPool === undefined) {
    return {};
  }
  const { poolState = 'Stopped', minSize, maxGroupPreparedCapacity, reuseOnScaleIn } = warmPool;
  return {
    warmPool: {
      poolState,
      ...(minSize === undefined ? {} : { minSize }),
      ...(maxGroupPreparedCapacity === undefined ? {} : { maxGroupPreparedCapacity }),
      ...(reuseOnScaleIn === undefined ? {} : { instanceReusePolicy: { reuseOnScaleIn } }),
    },
    initialLifecycleHook: [launchHook(groupName)],
  };
}
