import type {
  DeleteWarmPoolType,
  DescribeWarmPoolAnswer,
  DescribeWarmPoolType,
  PutWarmPoolType,
  WarmPoolState,
} from '@aws-sdk/client-auto-scaling';

import { ServiceError, notDoneHere, validationError } from '../../protocol/errors';
import { page } from '../../protocol/paging';
import type { ActionHandlers } from '../../protocol/query-service';
import { describeMember } from '../description';
import type { Group } from '../group';
import type { Store } from '../store';
import type { WarmPool } from '../warm-pool/pool';

const poolStates: readonly WarmPoolState[] = ['Stopped', 'Running', 'Hibernated'];

/** What a request for no maximum says: the pool then fills up to the group's own. Source: API_PutWarmPool.html */
const noMaximum = -1;

/** The actions on warm pools. */
export function warmPoolActions(store: Store): ActionHandlers {
  return {
    PutWarmPool: (input: PutWarmPoolType): object => {
      const group = store.group(input.AutoScalingGroupName);
      const configuration = checked(group, input);
      if (group.pool === undefined) {
        group.pool = { configuration, members: [], launching: 0 };
      } else {
        group.pool.configuration = configuration;
      }
      return {};
    },

    DeleteWarmPool: ({ AutoScalingGroupName, ForceDelete = false }: DeleteWarmPoolType): object => {
      const { pool } = store.group(AutoScalingGroupName);
      if (pool === undefined) {
        throw validationError(`No warm pool found for Auto Scaling group ${AutoScalingGroupName ?? ''}`);
      }
      if (!ForceDelete && pool.members.length + pool.launching > 0) {
        throw new ServiceError(
          'ResourceInUse',
          'You cannot delete a warm pool while there are instances in it: set its sizes to 0 and wait for them to end, or use ForceDelete.',
        );
      }
      deletePool(pool);
      return {};
    },

    DescribeWarmPool: (input: DescribeWarmPoolType): DescribeWarmPoolAnswer => {
      const { pool } = store.group(input.AutoScalingGroupName);
      const { items, nextToken } = page(pool?.members ?? [], input);
      return {
        WarmPoolConfiguration: pool?.configuration,
        Instances: items.map(describeMember),
        NextToken: nextToken,
      };
    },
  };
}

/** Lets a pool go with all of its instances. */
export function deletePool(pool: WarmPool): void {
  pool.configuration = { ...pool.configuration, Status: 'PendingDelete' };
}

function checked({ pool, settings }: Group, input: PutWarmPoolType): WarmPool['configuration'] {
  const before = pool?.configuration;
  if (before?.Status === 'PendingDelete') {
    throw new ServiceError(
      'ScalingActivityInProgress',
      'The warm pool is being deleted; make another once it is gone.',
    );
  }
  const spot =
    (settings.MixedInstancesPolicy?.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity ?? 100) < 100;
  if (spot) {
    throw validationError(
      'You cannot add a warm pool to an Auto Scaling group that requests Spot Instances.',
    );
  }
  const {
    MinSize = before?.MinSize ?? 0,
    PoolState = before?.PoolState ?? 'Stopped',
    MaxGroupPreparedCapacity = before?.MaxGroupPreparedCapacity ?? noMaximum,
    InstanceReusePolicy = before?.InstanceReusePolicy,
  } = input;
  if (!poolStates.includes(PoolState)) {
    throw validationError(`The pool state is ${PoolState}; it must be ${poolStates.join(', ')}.`);
  }
  if (PoolState === 'Hibernated') {
    throw notDoneHere('autoscaling: a warm pool of hibernated instances');
  }
  if (MinSize < 0 || MaxGroupPreparedCapacity < noMaximum) {
    throw validationError(
      `MinSize is ${MinSize} and MaxGroupPreparedCapacity ${MaxGroupPreparedCapacity}; they must be 0 or more, and ${noMaximum} or more.`,
    );
  }
  return {
    ...(MaxGroupPreparedCapacity === noMaximum ? {} : { MaxGroupPreparedCapacity }),
    MinSize,
    PoolState,
    ...(InstanceReusePolicy === undefined ? {} : { InstanceReusePolicy }),
  };
}
