import { randomUUID } from 'node:crypto';

import type {
  AutoScalingGroupNamesType,
  AutoScalingGroupsType,
  CreateAutoScalingGroupType,
  DeleteAutoScalingGroupType,
  SetDesiredCapacityType,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';

import { ServiceError, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { describeGroup } from '../description';
import type { Engine } from '../engine';
import type { Ec2Gateway } from '../gateway';
import { type Group, changeCapacity, everyMember, stamp } from '../group';
import { changedSettings, newSettings } from '../group-settings';
import { checkLimit } from '../limits';
import { page } from '../../protocol/paging';
import { coolsDown } from '../scaling/cooldown';
import type { Store } from '../store';
import { askedTargetGroups } from '../traffic/sources';
import { putHook } from './hooks';
import { matchingGroups, putTag } from './tags';
import { deletePool } from './warm-pools';

function refuseTaken(store: Store, name: string): void {
  if (store.groups.has(name)) {
    throw new ServiceError(
      'AlreadyExists',
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
    );
  }
}

function bounds({ MinSize, MaxSize, DesiredCapacity }: Group['settings']): string {
  return `min: ${MinSize}, max: ${MaxSize}, desired: ${DesiredCapacity}`;
}

/** The actions on groups as a whole. */
export function groupActions(
  store: Store,
  ec2: Ec2Gateway,
  { announcer, clock, scaling, traffic }: Engine,
): ActionHandlers {
  return {
    CreateAutoScalingGroup: async (input: CreateAutoScalingGroupType): Promise<void> => {
      const name = input.AutoScalingGroupName ?? '';
      refuseTaken(store, name);
      checkLimit('groups', store.groups.size);
      const targetGroups = askedTargetGroups(input);
      traffic.check(targetGroups);
      const checked = await newSettings(input, ec2);
      const { DesiredCapacity } = checked.settings;
      const group: Group = {
        ...checked,
        arn: store.arn(`autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`),
        createdAt: clock.now(),
        members: [],
        launching: 0,
        tags: new Map(),
        hooks: new Map(),
        policies: new Map(),
        schedules: new Map(),
        targetGroups: new Set(targetGroups),
        leavingTargetGroups: new Set(),
        suspended: new Map(),
        metrics: new Set(),
        topics: new Map(),
        activities: [],
        replacements: [],
        refreshes: [],
        demand: `At ${stamp(clock.now())} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${DesiredCapacity}.`,
      };
      (input.Tags ?? []).forEach((tag) => {
        putTag(group, tag);
      });
      for (const hook of input.LifecycleHookSpecificationList ?? []) {
        await putHook(group, hook, announcer);
      }
      refuseTaken(store, name);
      store.groups.set(name, group);
    },

    UpdateAutoScalingGroup: async (input: UpdateAutoScalingGroupType): Promise<void> => {
      const group = store.group(input.AutoScalingGroupName);
      const { settings, zones } = await changedSettings(group, input, ec2);
      refuseLeaving(group);
      const who = `a user request update of AutoScalingGroup constraints to ${bounds(settings)}`;
      changeCapacity(group, settings.DesiredCapacity, who, clock.now());
      group.settings = settings;
      group.zones = zones;
      // What made launches fail may be what was changed.
      delete group.launchFailures;
    },

    SetDesiredCapacity: (input: SetDesiredCapacityType): void => {
      const { AutoScalingGroupName, DesiredCapacity = 0, HonorCooldown = false } = input;
      const group = store.group(AutoScalingGroupName);
      refuseLeaving(group);
      if (HonorCooldown && coolsDown(group, clock)) {
        throw new ServiceError(
          'ScalingActivityInProgress',
          `Scaling activity cannot be started: the group ${group.settings.AutoScalingGroupName} is in its cooldown period.`,
        );
      }
      const { MinSize, MaxSize } = group.settings;
      if (DesiredCapacity < MinSize) {
        throw validationError(
          `New SetDesiredCapacity value ${DesiredCapacity} is below min value ${MinSize} for the AutoScalingGroup.`,
        );
      }
      if (DesiredCapacity > MaxSize) {
        throw validationError(
          `New SetDesiredCapacity value ${DesiredCapacity} is above max value ${MaxSize} for the AutoScalingGroup.`,
        );
      }
      changeCapacity(
        group,
        DesiredCapacity,
        'a user request explicitly set group desired capacity',
        clock.now(),
      );
    },

    /** With the group go its policies, and the alarms that Auto Scaling made for them. */
    DeleteAutoScalingGroup: (input: DeleteAutoScalingGroupType): void => {
      const group = store.group(input.AutoScalingGroupName);
      refuseProtected(group, input.ForceDelete === true);
      if (input.ForceDelete !== true) {
        refuseInUse(group);
      }
      const alarms = [...group.policies.values()].flatMap(({ Alarms = [] }) => Alarms);
      if (alarms.length > 0) {
        scaling.gateway.remove(alarms.map(({ AlarmName = '' }) => AlarmName));
      }
      group.policies.clear();
      if (input.ForceDelete !== true) {
        store.remove(group);
        return;
      }
      group.status = 'Delete in progress';
      changeCapacity(group, 0, 'a user request force deleted AutoScalingGroup', clock.now());
      group.settings = { ...group.settings, MinSize: 0, MaxSize: 0 };
      group.suspended.clear();
      group.hooks.clear();
      if (group.pool !== undefined) {
        deletePool(group.pool);
      }
      for (const member of everyMember(group)) {
        member.protectedFromScaleIn = false;
        delete member.extra;
        member.waits = [];
        if (/Terminating(:Wait)?$/.test(member.lifecycleState)) {
          member.lifecycleState = 'Terminating:Proceed';
        } else if (member.lifecycleState === 'Standby') {
          member.lifecycleState = 'InService';
        }
      }
    },

    DescribeAutoScalingGroups: (input: AutoScalingGroupNamesType): AutoScalingGroupsType => {
      const { AutoScalingGroupNames = [], Filters = [], IncludeInstances = true } = input;
      const groups = matchingGroups([...store.groups.values()], Filters).filter(
        ({ settings }) =>
          AutoScalingGroupNames.length === 0 || AutoScalingGroupNames.includes(settings.AutoScalingGroupName),
      );
      const { items, nextToken } = page(groups, input);
      return {
        AutoScalingGroups: items.map((group) => describeGroup(group, IncludeInstances)),
        NextToken: nextToken,
      };
    },
  };
}

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/resource-deletion-protection.html */
function refuseProtected({ settings }: Group, byForce: boolean): void {
  const { AutoScalingGroupName, DeletionProtection: level } = settings;
  if (level === 'prevent-all-deletion' || (level === 'prevent-force-deletion' && byForce)) {
    throw validationError(
      `The AutoScalingGroup ${AutoScalingGroupName} cannot be deleted: its deletion protection is ${level}.`,
    );
  }
}

/** @throws ServiceError for a group that is being deleted: nothing makes it grow again. */
function refuseLeaving({ status, settings }: Group): void {
  if (status !== undefined) {
    throw new ServiceError(
      'ScalingActivityInProgress',
      `You cannot change the AutoScalingGroup ${settings.AutoScalingGroupName}: it is being deleted.`,
    );
  }
}

function refuseInUse(group: Group): void {
  if (
    group.launching > 0 ||
    group.members.some(({ lifecycleState }) => lifecycleState.startsWith('Terminat'))
  ) {
    throw new ServiceError(
      'ScalingActivityInProgress',
      `You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.`,
    );
  }
  if (group.pool !== undefined) {
    throw new ServiceError(
      'ResourceInUse',
      'You cannot delete an AutoScalingGroup while it has a warm pool: delete the warm pool first.',
    );
  }
  if (group.members.length > 0) {
    throw new ServiceError(
      'ResourceInUse',
      'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    );
  }
}
