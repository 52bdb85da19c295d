import { randomUUID } from 'node:crypto';

import type {
  CancelInstanceRefreshAnswer,
  CancelInstanceRefreshType,
  DescribeInstanceRefreshesAnswer,
  DescribeInstanceRefreshesType,
  RollbackInstanceRefreshAnswer,
  RollbackInstanceRefreshType,
  StartInstanceRefreshAnswer,
  StartInstanceRefreshType,
} from '@aws-sdk/client-auto-scaling';

import { ServiceError, notDoneHere, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import type { Engine } from '../engine';
import type { Ec2Gateway } from '../gateway';
import type { Group } from '../group';
import type { Member } from '../member';
import { templateOf } from '../mix';
import { page } from '../../protocol/paging';
import { checkedPreferences } from '../refresh/preferences';
import { type Refresh, activeRefresh, isOf } from '../refresh/refresh';
import type { Store } from '../store';

/** Refreshes that a group remembers; AWS forgets them after six weeks. */
const kept = 100;

/** What keeps a refresh from being rolled back. Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html */
function irreversible(
  { settings }: Group,
  desired: StartInstanceRefreshType['DesiredConfiguration'],
): string | undefined {
  if (desired === undefined) {
    return 'A desired configuration is needed for an instance refresh that can be rolled back.';
  }
  const { Version = '' } = templateOf(settings);
  return Version.startsWith('$')
    ? `The Auto Scaling group uses the version ${Version} of its launch template, to which it cannot be rolled back; name a version by its number.`
    : undefined;
}

/** The refresh that has begun and is in none of some states. */
function active(group: Group, ...except: string[]): Refresh {
  const refresh = activeRefresh(group);
  if (refresh === undefined || except.includes(refresh.shown.Status ?? '')) {
    throw new ServiceError(
      'ActiveInstanceRefreshNotFound',
      `No in progress or pending Instance Refresh found for Auto Scaling group ${group.settings.AutoScalingGroupName}`,
    );
  }
  return refresh;
}

/** The actions on instance refreshes. */
export function refreshActions(store: Store, ec2: Ec2Gateway, { clock, refresher }: Engine): ActionHandlers {
  return {
    StartInstanceRefresh: async (input: StartInstanceRefreshType): Promise<StartInstanceRefreshAnswer> => {
      const group = store.group(input.AutoScalingGroupName);
      const { Strategy = 'Rolling', DesiredConfiguration } = input;
      if (Strategy !== 'Rolling' || DesiredConfiguration?.MixedInstancesPolicy !== undefined) {
        throw notDoneHere(
          'autoscaling: an instance refresh of another strategy than Rolling, or to a mixed instances policy',
        );
      }
      const preferences = checkedPreferences(group, input.Preferences);
      const obstacle =
        preferences.AutoRollback === true ? irreversible(group, DesiredConfiguration) : undefined;
      if (obstacle !== undefined) {
        throw validationError(obstacle);
      }
      const template = DesiredConfiguration?.LaunchTemplate;
      const resolved = await ec2.resolveTemplate(template ?? templateOf(group.settings));
      if (activeRefresh(group) !== undefined) {
        throw new ServiceError(
          'InstanceRefreshInProgress',
          `An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.`,
        );
      }
      const { LaunchTemplateId, LaunchTemplateName } = resolved;
      const desired = template && {
        LaunchTemplate: { LaunchTemplateId, LaunchTemplateName, Version: template.Version ?? '$Default' },
      };
      const toReplace = (members: readonly Member[]): string[] =>
        members
          .filter(
            (member) =>
              !member.lifecycleState.includes('Terminat') &&
              !(preferences.SkipMatching === true && isOf(member, resolved)),
          )
          .map(({ instanceId }) => instanceId);
      const outdated = toReplace(group.members);
      const outdatedInPool = toReplace(group.pool?.members ?? []);
      const InstanceRefreshId = randomUUID();
      group.refreshes.unshift({
        shown: {
          InstanceRefreshId,
          AutoScalingGroupName: group.settings.AutoScalingGroupName,
          Status: 'Pending',
          StartTime: clock.now(),
          PercentageComplete: 0,
          InstancesToUpdate: outdated.length,
          Preferences: preferences,
          DesiredConfiguration: desired,
          Strategy,
        },
        preferences,
        template: desired?.LaunchTemplate,
        outdated: new Set([...outdated, ...outdatedInPool]),
        total: outdated.length,
        totalInPool: outdatedInPool.length,
        checkpoints: 0,
      });
      group.refreshes.splice(kept);
      return { InstanceRefreshId };
    },

    CancelInstanceRefresh: (input: CancelInstanceRefreshType): CancelInstanceRefreshAnswer => {
      const refresh = active(store.group(input.AutoScalingGroupName), 'Cancelling');
      const { shown } = refresh;
      shown.Status = 'Cancelling';
      shown.StatusReason = 'Cancelled due to user request.';
      if (input.WaitForTransitioningInstances === false) {
        refresher.end(refresh, 'Cancelled');
      }
      return { InstanceRefreshId: shown.InstanceRefreshId };
    },

    RollbackInstanceRefresh: (input: RollbackInstanceRefreshType): RollbackInstanceRefreshAnswer => {
      const group = store.group(input.AutoScalingGroupName);
      const refresh = active(group, 'Cancelling', 'RollbackInProgress');
      const obstacle = irreversible(group, refresh.shown.DesiredConfiguration);
      if (obstacle !== undefined) {
        throw new ServiceError('IrreversibleInstanceRefresh', obstacle);
      }
      refresher.rollBack(group, refresh, 'The instance refresh was rolled back by a user request.');
      return { InstanceRefreshId: refresh.shown.InstanceRefreshId };
    },

    DescribeInstanceRefreshes: (input: DescribeInstanceRefreshesType): DescribeInstanceRefreshesAnswer => {
      const { AutoScalingGroupName, InstanceRefreshIds = [] } = input;
      const refreshes = store
        .group(AutoScalingGroupName)
        .refreshes.map(({ shown }) => shown)
        .filter(
          ({ InstanceRefreshId = '' }) =>
            InstanceRefreshIds.length === 0 || InstanceRefreshIds.includes(InstanceRefreshId),
        );
      const { items, nextToken } = page(refreshes, input);
      return { InstanceRefreshes: items, NextToken: nextToken };
    },
  };
}
