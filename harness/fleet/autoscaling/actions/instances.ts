import type {
  ActivitiesType,
  ActivityType,
  AutoScalingInstancesType,
  DescribeAutoScalingInstancesType,
  DescribeScalingActivitiesType,
  SetInstanceHealthQuery,
  SetInstanceProtectionQuery,
  TerminateInstanceInAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { Engine } from '../engine';
import type { Group, Member } from '../group';
import type { ActionHandlers } from '../../protocol/query-service';
import { type Store, page } from '../store';

/** The actions on instances of groups. */
export function instanceActions(store: Store, engine: Engine): ActionHandlers {
  return {
    DescribeAutoScalingInstances: (input: DescribeAutoScalingInstancesType): AutoScalingInstancesType => {
      const { InstanceIds = [], NextToken, MaxRecords } = input;
      const all = [...store.groups.values()].flatMap((group) =>
        group.members.map((member) => ({
          InstanceId: member.instanceId,
          InstanceType: member.instanceType,
          AutoScalingGroupName: group.settings.AutoScalingGroupName,
          AvailabilityZone: member.availabilityZone,
          LifecycleState: member.lifecycleState,
          HealthStatus: member.healthStatus.toUpperCase(),
          LaunchTemplate: member.launchTemplate,
          ProtectedFromScaleIn: member.protectedFromScaleIn,
        })),
      );
      const wanted = all.filter(
        ({ InstanceId }) => InstanceIds.length === 0 || InstanceIds.includes(InstanceId),
      );
      const { items, nextToken } = page(wanted, NextToken, MaxRecords);
      return { AutoScalingInstances: items, NextToken: nextToken };
    },

    TerminateInstanceInAutoScalingGroup: (input: TerminateInstanceInAutoScalingGroupType): ActivityType => {
      const { group, member } = store.memberOf(input.InstanceId);
      if (member.lifecycleState.startsWith('Terminating')) {
        return { Activity: member.activity };
      }
      if (input.ShouldDecrementDesiredCapacity === true) {
        const { MinSize, DesiredCapacity } = group.settings;
        if (DesiredCapacity <= MinSize) {
          throw validationError(
            `Currently, desiredSize equals minSize (${MinSize}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
          );
        }
        group.settings = { ...group.settings, DesiredCapacity: DesiredCapacity - 1 };
      }
      const cause = 'instance was taken out of service in response to a user request.';
      return { Activity: engine.beginTermination(group, member, cause) };
    },

    SetInstanceHealth: ({ InstanceId, HealthStatus }: SetInstanceHealthQuery): void => {
      if (HealthStatus !== 'Healthy' && HealthStatus !== 'Unhealthy') {
        throw validationError(
          `The health status is ${HealthStatus ?? 'missing'}; it must be Healthy or Unhealthy.`,
        );
      }
      store.memberOf(InstanceId).member.healthStatus = HealthStatus;
    },

    SetInstanceProtection: (input: SetInstanceProtectionQuery): object => {
      const group = store.group(input.AutoScalingGroupName);
      for (const instanceId of input.InstanceIds ?? []) {
        memberIn(group, instanceId).protectedFromScaleIn = input.ProtectedFromScaleIn ?? false;
      }
      return {};
    },

    DescribeScalingActivities: (input: DescribeScalingActivitiesType): ActivitiesType => {
      const { AutoScalingGroupName, ActivityIds = [], NextToken, MaxRecords } = input;
      const groups =
        AutoScalingGroupName === undefined ? [...store.groups.values()] : [store.group(AutoScalingGroupName)];
      const activities = groups
        .flatMap((group) => group.activities)
        .filter(({ ActivityId }) => ActivityIds.length === 0 || ActivityIds.includes(ActivityId ?? ''));
      const { items, nextToken } = page(activities, NextToken, MaxRecords, 100);
      return { Activities: items, NextToken: nextToken };
    },
  };
}

function memberIn(group: Group, instanceId: string): Member {
  const member = group.members.find((candidate) => candidate.instanceId === instanceId);
  if (member === undefined) {
    throw validationError(
      `The instance ${instanceId} is not part of Auto Scaling group ${group.settings.AutoScalingGroupName}.`,
    );
  }
  return member;
}
