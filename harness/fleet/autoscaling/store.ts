import type { Activity, ScalingPolicy } from '@aws-sdk/client-auto-scaling';

import { validationError } from '../protocol/errors';
import { keptActivities } from './activities';
import { type Group, everyMember } from './group';
import type { Member } from './member';

/** Where the groups of one account and region are. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

/** All Auto Scaling groups of one account and region. */
export class Store {
  readonly groups = new Map<string, Group>();
  /** Activities of groups that are deleted. */
  formerActivities: readonly Activity[] = [];

  constructor(readonly home: Home) {}

  /** @throws ServiceError when there is no such group. */
  group(name: string | undefined): Group {
    const group = this.groups.get(name ?? '');
    if (group === undefined) {
      throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name ?? ''}' not found`);
    }
    return group;
  }

  /** Forgets a group, and keeps its activities. */
  remove({ activities, settings }: Group): void {
    this.groups.delete(settings.AutoScalingGroupName);
    const former = activities.map((activity) => ({ ...activity, AutoScalingGroupState: 'Deleted' }));
    this.formerActivities = [...former, ...this.formerActivities].slice(0, keptActivities);
  }

  /** The groups of a name, or all of them. @throws ServiceError when there is none of that name. */
  groupsNamed(name: string | undefined): Group[] {
    return name === undefined ? [...this.groups.values()] : [this.group(name)];
  }

  /** The group that an instance belongs to, itself or by its warm pool, with its membership. */
  memberOf(instanceId: string | undefined): { group: Group; member: Member } {
    for (const group of this.groups.values()) {
      const member = everyMember(group).find((candidate) => candidate.instanceId === instanceId);
      if (member !== undefined) {
        return { group, member };
      }
    }
    throw validationError(
      `Instance Id not found - No managed instance found for instance ID: ${instanceId ?? ''}`,
    );
  }

  /** The policy of an ARN, with its group. */
  policyOf(policyArn: string): { group: Group; policy: ScalingPolicy } | undefined {
    for (const group of this.groups.values()) {
      const policy = [...group.policies.values()].find(({ PolicyARN }) => PolicyARN === policyArn);
      if (policy !== undefined) {
        return { group, policy };
      }
    }
    return undefined;
  }

  /** @throws ServiceError when the instance is not in the group. */
  memberIn(group: Group, instanceId: string): Member {
    const member = group.members.find((candidate) => candidate.instanceId === instanceId);
    if (member === undefined) {
      throw validationError(
        `The instance ${instanceId} is not part of Auto Scaling group ${group.settings.AutoScalingGroupName}.`,
      );
    }
    return member;
  }

  /** `arn:aws:autoscaling:<region>:<account>:<resource>` */
  arn(resource: string): string {
    return `arn:aws:autoscaling:${this.home.region}:${this.home.accountId}:${resource}`;
  }
}
