import type {
  AutoScalingGroup,
  AutoScalingGroupNamesType,
  AutoScalingGroupsType,
  CreateAutoScalingGroupType,
  DeleteAutoScalingGroupType,
  SetDesiredCapacityType,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import { randomUUID } from 'node:crypto';

import { ServiceError, validationError } from '../../protocol/errors';
import type { Ec2Gateway } from '../gateway';
import { type Group, type GroupSettings, type Member } from '../group';
import type { ActionHandlers } from '../../protocol/query-service';
import { type Store, page } from '../store';
import { putHook } from './hooks';
import { matchesFilters, putTag } from './tags';

/** Ways to make a group that this service does not know. */
const unknownWays = [
  'LaunchConfigurationName',
  'MixedInstancesPolicy',
  'InstanceId',
  'LoadBalancerNames',
  'TargetGroupARNs',
  'TrafficSources',
] as const;

function refuseUnknownWays(input: CreateAutoScalingGroupType | UpdateAutoScalingGroupType): void {
  for (const way of unknownWays) {
    const value: unknown = Reflect.get(input, way);
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) {
      throw new ServiceError('UnsupportedOperation', `The local Auto Scaling does not do ${way} yet.`, 501);
    }
  }
}

function checkSize({ MinSize, MaxSize, DesiredCapacity }: GroupSettings): void {
  if (MinSize > MaxSize) {
    throw validationError(`Max bound, ${MaxSize}, must be greater than or equal to min bound, ${MinSize}`);
  }
  if (DesiredCapacity < MinSize || DesiredCapacity > MaxSize) {
    throw validationError(
      `Desired capacity:${DesiredCapacity} must be between the specified min size:${MinSize} and max size:${MaxSize}`,
    );
  }
}

const subnetsOf = (identifier: string | undefined): string[] =>
  (identifier ?? '')
    .split(',')
    .map((subnet) => subnet.trim())
    .filter((subnet) => subnet !== '');

async function zonesOf(ec2: Ec2Gateway, identifier: string | undefined): Promise<Map<string, string>> {
  const subnets = subnetsOf(identifier);
  if (subnets.length === 0) {
    throw validationError('At least one Availability Zone or VPC Subnet is required.');
  }
  return ec2.zonesOf(subnets);
}

/** The actions on groups as a whole. */
export function groupActions(store: Store, ec2: Ec2Gateway, now: () => Date): ActionHandlers {
  function changeCapacity(group: Group, to: number, reason: string): void {
    const from = group.settings.DesiredCapacity;
    if (to !== from) {
      group.cause = `${reason} changing the desired capacity from ${from} to ${to}.`;
    }
  }

  return {
    CreateAutoScalingGroup: async (input: CreateAutoScalingGroupType): Promise<void> => {
      refuseUnknownWays(input);
      const name = input.AutoScalingGroupName ?? '';
      if (store.groups.has(name)) {
        throw new ServiceError(
          'AlreadyExists',
          `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
        );
      }
      if (input.LaunchTemplate === undefined) {
        throw validationError(
          'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
        );
      }
      const { Tags = [], LifecycleHookSpecificationList = [], InstanceId: _none, ...given } = input;
      const settings: GroupSettings = {
        ...given,
        AutoScalingGroupName: name,
        MinSize: input.MinSize ?? 0,
        MaxSize: input.MaxSize ?? 0,
        DesiredCapacity: input.DesiredCapacity ?? input.MinSize ?? 0,
        DefaultCooldown: input.DefaultCooldown ?? 300,
        HealthCheckType: input.HealthCheckType ?? 'EC2',
        HealthCheckGracePeriod: input.HealthCheckGracePeriod ?? 0,
        TerminationPolicies: input.TerminationPolicies ?? ['Default'],
        NewInstancesProtectedFromScaleIn: input.NewInstancesProtectedFromScaleIn ?? false,
      };
      checkSize(settings);
      const template = await ec2.resolveTemplate(input.LaunchTemplate);
      settings.LaunchTemplate = {
        ...input.LaunchTemplate,
        LaunchTemplateId: template.LaunchTemplateId,
        LaunchTemplateName: template.LaunchTemplateName,
      };
      const group: Group = {
        settings,
        arn: store.arn(`autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`),
        createdAt: now(),
        zones: await zonesOf(ec2, input.VPCZoneIdentifier),
        members: [],
        tags: new Map(),
        hooks: new Map(),
        policies: new Map(),
        suspended: new Map(),
        metrics: new Set(),
        activities: [],
        cause: `a user request created an AutoScalingGroup changing the desired capacity from 0 to ${settings.DesiredCapacity}.`,
      };
      for (const tag of Tags) {
        putTag(group, tag);
      }
      for (const hook of LifecycleHookSpecificationList) {
        putHook(group, hook);
      }
      store.groups.set(name, group);
    },

    UpdateAutoScalingGroup: async (input: UpdateAutoScalingGroupType): Promise<void> => {
      refuseUnknownWays(input);
      const group = store.group(input.AutoScalingGroupName);
      const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
      const settings: GroupSettings = { ...group.settings, ...given };
      // AWS moves the desired capacity into new bounds when the request does not say it.
      if (input.DesiredCapacity === undefined) {
        settings.DesiredCapacity = Math.min(
          Math.max(settings.DesiredCapacity, settings.MinSize),
          settings.MaxSize,
        );
      }
      checkSize(settings);
      if (input.LaunchTemplate !== undefined) {
        const template = await ec2.resolveTemplate(input.LaunchTemplate);
        settings.LaunchTemplate = {
          ...input.LaunchTemplate,
          LaunchTemplateId: template.LaunchTemplateId,
          LaunchTemplateName: template.LaunchTemplateName,
        };
      }
      if (input.VPCZoneIdentifier !== undefined) {
        group.zones = await zonesOf(ec2, input.VPCZoneIdentifier);
      }
      changeCapacity(
        group,
        settings.DesiredCapacity,
        'a user request update of AutoScalingGroup constraints to',
      );
      group.settings = settings;
    },

    SetDesiredCapacity: ({ AutoScalingGroupName, DesiredCapacity = 0 }: SetDesiredCapacityType): void => {
      const group = store.group(AutoScalingGroupName);
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
      changeCapacity(group, DesiredCapacity, 'a user request explicitly set group desired capacity');
      group.settings = { ...group.settings, DesiredCapacity };
    },

    DeleteAutoScalingGroup: ({
      AutoScalingGroupName,
      ForceDelete = false,
    }: DeleteAutoScalingGroupType): void => {
      const group = store.group(AutoScalingGroupName);
      if (group.members.length > 0 && !ForceDelete) {
        throw new ServiceError(
          'ResourceInUse',
          'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
        );
      }
      group.status = 'Delete in progress';
      group.hooks.clear();
      group.settings = { ...group.settings, MinSize: 0, MaxSize: 0, DesiredCapacity: 0 };
      group.cause = 'a user request deleted the AutoScalingGroup.';
      for (const member of group.members) {
        member.protectedFromScaleIn = false;
        if (member.lifecycleState === 'Terminating:Wait') {
          member.lifecycleState = 'Terminating:Proceed';
        }
      }
      if (group.members.length === 0) {
        store.groups.delete(group.settings.AutoScalingGroupName);
      }
    },

    DescribeAutoScalingGroups: (input: AutoScalingGroupNamesType): AutoScalingGroupsType => {
      const {
        AutoScalingGroupNames = [],
        Filters = [],
        NextToken,
        MaxRecords,
        IncludeInstances = true,
      } = input;
      const groups = [...store.groups.values()].filter(
        (group) =>
          (AutoScalingGroupNames.length === 0 ||
            AutoScalingGroupNames.includes(group.settings.AutoScalingGroupName)) &&
          matchesFilters(group, Filters),
      );
      const { items, nextToken } = page(groups, NextToken, MaxRecords);
      return {
        AutoScalingGroups: items.map((group) => describe(group, IncludeInstances)),
        NextToken: nextToken,
      };
    },
  };
}

function describe(group: Group, includeInstances: boolean): AutoScalingGroup {
  const { settings } = group;
  return {
    ...settings,
    AutoScalingGroupARN: group.arn,
    CreatedTime: group.createdAt,
    AvailabilityZones: settings.AvailabilityZones ?? [...new Set(group.zones.values())].sort(),
    LoadBalancerNames: [],
    TargetGroupARNs: [],
    TrafficSources: [],
    Instances: includeInstances ? group.members.map(describeMember) : [],
    SuspendedProcesses: [...group.suspended].map(([ProcessName, SuspensionReason]) => ({
      ProcessName,
      SuspensionReason,
    })),
    EnabledMetrics: [...group.metrics].map((Metric) => ({ Metric, Granularity: '1Minute' })),
    Tags: [...group.tags.values()],
    Status: group.status,
    ServiceLinkedRoleARN:
      settings.ServiceLinkedRoleARN ??
      `arn:aws:iam::${group.arn.split(':')[4] ?? ''}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
  };
}

function describeMember(member: Member): NonNullable<AutoScalingGroup['Instances']>[number] {
  return {
    InstanceId: member.instanceId,
    InstanceType: member.instanceType,
    AvailabilityZone: member.availabilityZone,
    LifecycleState: member.lifecycleState,
    HealthStatus: member.healthStatus,
    LaunchTemplate: member.launchTemplate,
    ProtectedFromScaleIn: member.protectedFromScaleIn,
  };
}
