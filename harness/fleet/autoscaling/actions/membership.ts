import type {
  Activity,
  AttachInstancesQuery,
  DetachInstancesAnswer,
  DetachInstancesQuery,
  EnterStandbyAnswer,
  EnterStandbyQuery,
  ExitStandbyAnswer,
  ExitStandbyQuery,
} from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import type { Activities } from '../activities';
import type { Engine } from '../engine';
import type { DescribedInstance, Ec2Gateway } from '../gateway';
import { type Group, everyMember, present } from '../group';
import type { Member } from '../member';
import type { Store } from '../store';

/** @param purpose what the instances are to do, for the message: `attach`. */
function changeDesired(group: Group, by: number, purpose: string): void {
  const { AutoScalingGroupName, MinSize, MaxSize, DesiredCapacity } = group.settings;
  const changed = DesiredCapacity + by;
  if (changed < MinSize || changed > MaxSize) {
    throw validationError(
      `AutoScalingGroup ${AutoScalingGroupName} has min-size=${MinSize}, max-size=${MaxSize}, and desired-size=${DesiredCapacity}. To ${purpose} ${Math.abs(by)} instance${Math.abs(by) === 1 ? '' : 's'}, please update the AutoScalingGroup sizes appropriately.`,
    );
  }
  group.settings = { ...group.settings, DesiredCapacity: changed };
}

function inState(store: Store, group: Group, instanceIds: readonly string[], ...states: string[]): Member[] {
  return instanceIds.map((instanceId) => {
    const member = store.memberIn(group, instanceId);
    if (!states.includes(member.lifecycleState)) {
      throw validationError(`The instance ${instanceId} is not in ${states.join(' or ')}.`);
    }
    return member;
  });
}

/** Writes an activity that takes instances out of the capacity or into it, one after the other. */
class Moves {
  private capacity: number;

  constructor(
    private readonly activities: Activities,
    private readonly group: Group,
    private readonly counts: boolean,
  ) {
    this.capacity = present(group).length;
  }

  begin(description: string, what: string, by: 1 | -1): Activity {
    const from = this.capacity;
    this.capacity += by;
    const change = `, ${by > 0 ? 'increasing' : 'shrinking'} the capacity from ${from} to ${this.capacity}`;
    return this.activities.begin(this.group, description, [
      `${what} in response to a user request${this.counts ? change : ''}.`,
    ]);
  }
}

/** The actions that take instances out of a group and into it without launching or terminating them. */
export function membershipActions(
  store: Store,
  ec2: Ec2Gateway,
  { activities, clock, traffic }: Engine,
): ActionHandlers {
  function refuseForeign(group: Group, instance: DescribedInstance): void {
    const { instanceId, state, availabilityZone } = instance;
    for (const other of store.groups.values()) {
      if (everyMember(other).some((member) => member.instanceId === instanceId)) {
        throw validationError(
          `The instance ${instanceId} is already part of AutoScalingGroup:${other.settings.AutoScalingGroupName}.`,
        );
      }
    }
    if (state !== 'running') {
      throw validationError(
        `The instance ${instanceId} is not in correct state: it is ${state}, not running.`,
      );
    }
    if (![...group.zones.values()].includes(availabilityZone)) {
      throw validationError(
        `The instance ${instanceId} is in ${availabilityZone}, which is no Availability Zone of the group.`,
      );
    }
  }

  return {
    EnterStandby: (input: EnterStandbyQuery): EnterStandbyAnswer => {
      const { AutoScalingGroupName, InstanceIds = [], ShouldDecrementDesiredCapacity = false } = input;
      const group = store.group(AutoScalingGroupName);
      const members = inState(store, group, InstanceIds, 'InService');
      const moves = new Moves(activities, group, ShouldDecrementDesiredCapacity);
      if (ShouldDecrementDesiredCapacity) {
        changeDesired(group, -members.length, 'place into standby');
      }
      return {
        Activities: members.map((member) => {
          const { instanceId } = member;
          const activity = moves.begin(
            `Moving EC2 instance to Standby: ${instanceId}`,
            `instance ${instanceId} was moved to standby`,
            -1,
          );
          member.lifecycleState = 'Standby';
          delete member.inServiceSince;
          traffic.leave(member);
          delete member.targetGroups;
          activities.succeed(activity);
          return activity;
        }),
      };
    },

    /** The instances come into service again through the hooks of a launch. */
    ExitStandby: ({ AutoScalingGroupName, InstanceIds = [] }: ExitStandbyQuery): ExitStandbyAnswer => {
      const group = store.group(AutoScalingGroupName);
      const members = inState(store, group, InstanceIds, 'Standby');
      const moves = new Moves(activities, group, true);
      changeDesired(group, members.length, 'take out of standby');
      return {
        Activities: members.map((member) => {
          const { instanceId } = member;
          member.lifecycleState = 'Pending';
          member.activity = moves.begin(
            `Moving EC2 instance out of Standby: ${instanceId}`,
            `instance ${instanceId} was moved out of standby`,
            1,
          );
          return member.activity;
        }),
      };
    },

    DetachInstances: async (input: DetachInstancesQuery): Promise<DetachInstancesAnswer> => {
      const { AutoScalingGroupName, InstanceIds = [], ShouldDecrementDesiredCapacity = false } = input;
      const group = store.group(AutoScalingGroupName);
      const members = inState(store, group, InstanceIds, 'InService', 'Standby');
      const counted = members.filter(({ lifecycleState }) => lifecycleState === 'InService').length;
      const moves = new Moves(activities, group, ShouldDecrementDesiredCapacity);
      if (ShouldDecrementDesiredCapacity) {
        changeDesired(group, -counted, 'detach');
      }
      members.forEach((member) => traffic.leave(member));
      group.members = group.members.filter((member) => !members.includes(member));
      await ec2.leaveGroup(InstanceIds);
      return {
        Activities: InstanceIds.map((instanceId) => {
          const activity = moves.begin(
            `Detaching EC2 instance: ${instanceId}`,
            `instance ${instanceId} was detached`,
            -1,
          );
          activities.succeed(activity);
          return activity;
        }),
      };
    },

    AttachInstances: async ({
      AutoScalingGroupName,
      InstanceIds = [],
    }: AttachInstancesQuery): Promise<void> => {
      const group = store.group(AutoScalingGroupName);
      const instances = await ec2.describe(InstanceIds);
      instances.forEach((instance) => {
        refuseForeign(group, instance);
      });
      const moves = new Moves(activities, group, true);
      changeDesired(group, instances.length, 'attach');
      for (const { instanceId, instanceType, subnetId, availabilityZone } of instances) {
        group.members.push({
          instanceId,
          instanceType,
          subnetId,
          availabilityZone,
          launchTemplate: undefined,
          lifecycleState: 'Pending',
          healthStatus: 'Healthy',
          protectedFromScaleIn: group.settings.NewInstancesProtectedFromScaleIn,
          spot: false,
          launchedAt: clock.now(),
          waits: [],
          activity: moves.begin(
            `Attaching an existing EC2 instance: ${instanceId}`,
            `an instance was attached`,
            1,
          ),
        });
      }
      await ec2.joinGroup(InstanceIds, group.settings.AutoScalingGroupName);
    },
  };
}
