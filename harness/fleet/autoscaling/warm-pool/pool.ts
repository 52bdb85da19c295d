import type { WarmPoolConfiguration, WarmPoolState } from '@aws-sdk/client-auto-scaling';

import type { Member } from '../member';

/**
 * Instances that stand ready beside a group.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
 */
export interface WarmPool {
  /** As the API shows it; with a status of `PendingDelete` the pool goes once its last instance has ended. */
  configuration: WarmPoolConfiguration & { readonly MinSize: number; readonly PoolState: WarmPoolState };
  /** They do not count in the group's capacity. */
  members: Member[];
  /** Instances that EC2 has been asked for and not yet given. */
  launching: number;
}

/** What a pool's size follows of its group. */
interface Sized {
  readonly settings: { readonly MaxSize: number; readonly DesiredCapacity: number };
}

/** How many instances the pool of a group should have. */
export function wantedSize({ settings }: Sized, { configuration }: WarmPool): number {
  const { MaxGroupPreparedCapacity = settings.MaxSize, MinSize, Status } = configuration;
  return Status === 'PendingDelete'
    ? 0
    : Math.max(MinSize, MaxGroupPreparedCapacity - settings.DesiredCapacity);
}

/** Members of a pool that are not on their way to their end. */
export function staying({ members }: WarmPool): Member[] {
  return members.filter(({ lifecycleState }) => !lifecycleState.startsWith('Warmed:Terminat'));
}

/** How many instances a pool has, those that are on their way into it included. */
export function sizeOf(pool: WarmPool): number {
  return staying(pool).length + pool.launching;
}

/** Whether a member waits in its pool, prepared and stopped or running. */
export function isPrepared({ lifecycleState }: Member): boolean {
  return /^Warmed:(Stopped|Running)$/.test(lifecycleState);
}
