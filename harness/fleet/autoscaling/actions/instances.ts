import type {
  ActivityType,
  AutoScalingInstancesType,
  DescribeAutoScalingInstancesType,
  SetInstanceHealthQuery,
  SetInstanceProtectionQuery,
  TerminateInstanceInAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { describeInstance } from '../description';
import type { Engine } from '../engine';
import { type Group, everyMember, isInPool, present } from '../group';
import { page } from '../../protocol/paging';
import type { Store } from '../store';

/** Takes one from the desired capacity for an instance that leaves; @throws ServiceError when that would go below the minimum. */
export function decrement(group: Group, howMany = 1): void {
  const { MinSize, DesiredCapacity } = group.settings;
  if (DesiredCapacity - howMany < MinSize) {
    throw validationError(
      `Currently, desiredSize equals minSize (${MinSize}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
    );
  }
  group.settings = { ...group.settings, DesiredCapacity: DesiredCapacity - howMany };
}

/** The actions on instances of groups. */
export function instanceActions(store: Store, { lifecycle, clock }: Engine): ActionHandlers {
  return {
    DescribeAutoScalingInstances: (input: DescribeAutoScalingInstancesType): AutoScalingInstancesType => {
      const { InstanceIds = [] } = input;
      const instances = [...store.groups.values()].flatMap((group) =>
        everyMember(group)
          .filter(({ instanceId }) => InstanceIds.length === 0 || InstanceIds.includes(instanceId))
          .map((member) => describeInstance(group, member)),
      );
      const { items, nextToken } = page(instances, input, { usual: 50, most: 50 });
      return { AutoScalingInstances: items, NextToken: nextToken };
    },

    TerminateInstanceInAutoScalingGroup: (input: TerminateInstanceInAutoScalingGroupType): ActivityType => {
      const { group, member } = store.memberOf(input.InstanceId);
      if (member.lifecycleState.includes('Terminating')) {
        return { Activity: member.activity };
      }
      const who = `instance ${member.instanceId} was taken out of service in response to a user request`;
      if (input.ShouldDecrementDesiredCapacity !== true) {
        return { Activity: lifecycle.beginTermination(group, member, [`${who}.`]) };
      }
      if (isInPool(group, member)) {
        throw validationError(
          `The instance ${member.instanceId} is in the warm pool, which does not count in the desired capacity: leave out ShouldDecrementDesiredCapacity.`,
        );
      }
      const from = present(group).length;
      decrement(group);
      return {
        Activity: lifecycle.beginTermination(group, member, [
          `${who}, shrinking the capacity from ${from} to ${from - 1}.`,
        ]),
      };
    },

    SetInstanceHealth: (input: SetInstanceHealthQuery): void => {
      const { InstanceId, HealthStatus, ShouldRespectGracePeriod = true } = input;
      if (HealthStatus !== 'Healthy' && HealthStatus !== 'Unhealthy') {
        throw validationError(`The health status is ${HealthStatus ?? ''}; it must be Healthy or Unhealthy.`);
      }
      const { group, member } = store.memberOf(InstanceId);
      if (!(ShouldRespectGracePeriod && isInGracePeriod(group, member.inServiceSince))) {
        member.healthStatus = HealthStatus;
      }
    },

    SetInstanceProtection: (input: SetInstanceProtectionQuery): object => {
      const group = store.group(input.AutoScalingGroupName);
      const members = (input.InstanceIds ?? []).map((instanceId) => store.memberIn(group, instanceId));
      for (const member of members) {
        member.protectedFromScaleIn = input.ProtectedFromScaleIn ?? false;
      }
      return {};
    },
  };

  /** The grace period begins when an instance comes into service. */
  function isInGracePeriod(group: Group, inServiceSince: Date | undefined): boolean {
    if (inServiceSince === undefined) {
      return true;
    }
    const grace = clock.lasts(group.settings.HealthCheckGracePeriod);
    return clock.now().getTime() < inServiceSince.getTime() + grace;
  }
}
