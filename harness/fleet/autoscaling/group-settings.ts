import {
  CapacityDistributionStrategy,
  type CreateAutoScalingGroupType,
  DeletionProtection,
  type InstanceMaintenancePolicy,
  type LaunchTemplateSpecification,
  type UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';

import { ServiceError, notDoneHere, validationError } from '../protocol/errors';
import type { Ec2Gateway } from './gateway';
import type { Group, GroupSettings } from './group';
import { checkedMix } from './mix';
import { checkNumbers } from './refresh/preferences';
import { groupSettings, refuseNotDone } from './settings-done';
import { terminationPolicies } from './termination';

const healthCheckTypes = ['EC2', 'ELB', 'VPC_LATTICE', 'EBS'];

/** A day and a year: what an instance's lifetime may be at least and at most, in seconds. */
const lifetimeSeconds = { least: 86_400, most: 31_536_000 } as const;

/** Settings that have one of some values. */
const oneOf = {
  DeletionProtection: Object.values(DeletionProtection),
  DesiredCapacityType: ['units', 'vcpu', 'memory-mib'],
} as const;

const templateMissing =
  'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.';

type Asked = CreateAutoScalingGroupType | UpdateAutoScalingGroupType;

/** @throws ServiceError for settings that this service does not do. */
function refuse(asked: Asked): void {
  refuseNotDone(asked, groupSettings, 'a group');
  if (asked.DesiredCapacityType === 'vcpu' || asked.DesiredCapacityType === 'memory-mib') {
    throw notDoneHere(`autoscaling: a capacity in ${asked.DesiredCapacityType}`);
  }
  if (asked.InstanceLifecyclePolicy?.RetentionTriggers?.TerminateHookAbandon === 'retain') {
    throw notDoneHere('autoscaling: the retention of instances whose termination hook is abandoned');
  }
  if (asked.LaunchConfigurationName !== undefined || Reflect.get(asked, 'InstanceId') !== undefined) {
    throw launchConfigurationsGone();
  }
}

/** What AWS answers to every account made since October 2024. */
export function launchConfigurationsGone(): ServiceError {
  return new ServiceError(
    'UnsupportedOperation',
    'The Launch Configuration creation operation is not available in your account. Use launch templates to create configuration templates for your Auto Scaling groups.',
  );
}

function checkSize({ MinSize, MaxSize, DesiredCapacity }: GroupSettings): void {
  if (MinSize < 0) {
    throw validationError(`Min bound, ${MinSize}, must be greater than or equal to 0`);
  }
  if (MinSize > MaxSize) {
    throw validationError(`Max bound, ${MaxSize}, must be greater than or equal to min bound, ${MinSize}`);
  }
  if (DesiredCapacity < MinSize || DesiredCapacity > MaxSize) {
    throw validationError(
      `Desired capacity:${DesiredCapacity} must be between the specified min size:${MinSize} and max size:${MaxSize}`,
    );
  }
}

function checkOneOf(name: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value)) {
    throw validationError(`${name} ${value} is not valid. Valid values are: ${allowed.join(', ')}`);
  }
}

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceMaintenancePolicy.html */
function checkMaintenance(policy: InstanceMaintenancePolicy | undefined): void {
  if (policy === undefined || isNone(policy)) {
    return;
  }
  if (policy.MinHealthyPercentage === undefined || policy.MaxHealthyPercentage === undefined) {
    throw validationError(
      'An instance maintenance policy needs both MinHealthyPercentage and MaxHealthyPercentage.',
    );
  }
  checkNumbers(policy);
}

function isNone({ MinHealthyPercentage, MaxHealthyPercentage }: InstanceMaintenancePolicy): boolean {
  return MinHealthyPercentage === -1 && MaxHealthyPercentage === -1;
}

function checkSettings(settings: GroupSettings): void {
  checkSize(settings);
  const { DefaultCooldown, HealthCheckGracePeriod, HealthCheckType, MaxInstanceLifetime = 0 } = settings;
  for (const [name, seconds] of Object.entries({ DefaultCooldown, HealthCheckGracePeriod })) {
    if (seconds < 0) {
      throw validationError(`${name} is ${seconds}; it must be a number of seconds, 0 or more.`);
    }
  }
  for (const [name, allowed] of Object.entries(oneOf)) {
    checkOneOf(name, settings[name as keyof typeof oneOf], allowed);
  }
  const { CapacityDistributionStrategy: strategy } = settings.AvailabilityZoneDistribution ?? {};
  checkOneOf('CapacityDistributionStrategy', strategy, Object.values(CapacityDistributionStrategy));
  checkMaintenance(settings.InstanceMaintenancePolicy);
  const unknownCheck = HealthCheckType.split(',').find((type) => !healthCheckTypes.includes(type));
  if (unknownCheck !== undefined) {
    throw validationError(
      `Invalid HealthCheckType: ${unknownCheck}. Valid types are: ${healthCheckTypes.join(', ')}`,
    );
  }
  const unknownPolicy = settings.TerminationPolicies.find((policy) => !terminationPolicies.includes(policy));
  if (unknownPolicy?.startsWith('arn:') === true) {
    throw notDoneHere('autoscaling: a termination policy by a Lambda function');
  }
  if (unknownPolicy !== undefined) {
    throw validationError(
      `Termination policy ${unknownPolicy} is not valid. Valid policies are: ${terminationPolicies.join(', ')}`,
    );
  }
  if (
    MaxInstanceLifetime !== 0 &&
    (MaxInstanceLifetime < lifetimeSeconds.least || MaxInstanceLifetime > lifetimeSeconds.most)
  ) {
    throw validationError(
      `Max instance lifetime is ${MaxInstanceLifetime}; it must be 0, or from ${lifetimeSeconds.least} to ${lifetimeSeconds.most} seconds.`,
    );
  }
}

/** Takes away what a request says it wants no longer: AWS has a value for «none» in each. */
function withoutNone(settings: GroupSettings): GroupSettings {
  const { InstanceMaintenancePolicy: policy } = settings;
  const none: Partial<Record<keyof GroupSettings, boolean>> = {
    InstanceMaintenancePolicy: policy !== undefined && isNone(policy),
    DefaultInstanceWarmup: settings.DefaultInstanceWarmup === -1,
    MaxInstanceLifetime: settings.MaxInstanceLifetime === 0,
    PlacementGroup: settings.PlacementGroup === '',
    Context: settings.Context === '',
  };
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => none[name as keyof GroupSettings] !== true),
  ) as GroupSettings;
}

/** What is given, without what is not. */
function given<T extends object>(asked: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: NonNullable<T[Name]>;
  };
}

/** Finds the launch template that is asked for, so that its id, name and version are known. */
async function withTemplate(settings: GroupSettings, ec2: Ec2Gateway): Promise<GroupSettings> {
  const { LaunchTemplate, MixedInstancesPolicy, ...rest } = settings;
  if ((LaunchTemplate === undefined) === (MixedInstancesPolicy === undefined)) {
    throw validationError(templateMissing);
  }
  const resolve = async (
    asked: LaunchTemplateSpecification | undefined,
  ): Promise<LaunchTemplateSpecification> => {
    if (asked === undefined) {
      throw validationError(templateMissing);
    }
    const { LaunchTemplateId, LaunchTemplateName } = await ec2.resolveTemplate(asked);
    return { LaunchTemplateId, LaunchTemplateName, Version: asked.Version ?? '$Default' };
  };
  return MixedInstancesPolicy === undefined
    ? { ...rest, LaunchTemplate: await resolve(LaunchTemplate) }
    : { ...rest, MixedInstancesPolicy: await checkedMix(MixedInstancesPolicy, resolve) };
}

/** The subnets of a group, each with its zone. */
async function subnets(settings: GroupSettings, ec2: Ec2Gateway): Promise<Map<string, string>> {
  const named = (settings.VPCZoneIdentifier ?? '').split(',').map((subnet) => subnet.trim());
  const subnetIds = named.filter((subnet) => subnet !== '');
  const zones = settings.AvailabilityZones ?? [];
  if (subnetIds.length === 0) {
    if (zones.length === 0) {
      throw validationError('At least one Availability Zone or VPC Subnet is required.');
    }
    return ec2.defaultSubnets(zones);
  }
  const found = await ec2.zonesOf(subnetIds);
  const foreign = zones.find((zone) => ![...found.values()].includes(zone));
  if (foreign !== undefined) {
    throw validationError(
      `The availability zones of the specified subnets and the Auto Scaling group do not match: ${foreign}`,
    );
  }
  return found;
}

/** Settings with what they mean in EC2. */
export type CheckedSettings = Pick<Group, 'settings' | 'zones'>;

/** The settings of a new group: what the request says, AWS's defaults for the rest. @throws ServiceError when they cannot be. */
export async function newSettings(
  asked: CreateAutoScalingGroupType,
  ec2: Ec2Gateway,
): Promise<CheckedSettings> {
  refuse(asked);
  const {
    Tags: _tags,
    LifecycleHookSpecificationList: _hooks,
    InstanceId: _instance,
    TargetGroupARNs: _targetGroups,
    TrafficSources: _sources,
    ...rest
  } = asked;
  const settings: GroupSettings = {
    ...rest,
    AutoScalingGroupName: asked.AutoScalingGroupName ?? '',
    MinSize: asked.MinSize ?? 0,
    MaxSize: asked.MaxSize ?? 0,
    DesiredCapacity: asked.DesiredCapacity ?? asked.MinSize ?? 0,
    DefaultCooldown: asked.DefaultCooldown ?? 300,
    HealthCheckType: asked.HealthCheckType ?? 'EC2',
    HealthCheckGracePeriod: asked.HealthCheckGracePeriod ?? 0,
    TerminationPolicies: asked.TerminationPolicies ?? ['Default'],
    NewInstancesProtectedFromScaleIn: asked.NewInstancesProtectedFromScaleIn ?? false,
  };
  checkSettings(settings);
  const complete = await withTemplate(withoutNone(settings), ec2);
  return { settings: complete, zones: await subnets(complete, ec2) };
}

/** The settings of a group after an update: what is not said keeps its value. @throws ServiceError when they cannot be. */
export async function changedSettings(
  group: Group,
  asked: UpdateAutoScalingGroupType,
  ec2: Ec2Gateway,
): Promise<CheckedSettings> {
  refuse(asked);
  const settings = changed(group.settings, asked);
  const moved = asked.VPCZoneIdentifier !== undefined || asked.AvailabilityZones !== undefined;
  const { LaunchTemplate, MixedInstancesPolicy } = saysTemplate(asked)
    ? await withTemplate(settings, ec2)
    : settings;
  const zones = moved ? await subnets(settings, ec2) : group.zones;
  // The group may have been scaled while EC2 was asked.
  const { LaunchTemplate: _, MixedInstancesPolicy: __, ...present } = changed(group.settings, asked);
  return { settings: { ...present, ...given({ LaunchTemplate, MixedInstancesPolicy }) }, zones };
}

function saysTemplate({ LaunchTemplate, MixedInstancesPolicy }: UpdateAutoScalingGroupType): boolean {
  return LaunchTemplate !== undefined || MixedInstancesPolicy !== undefined;
}

function changed(present: GroupSettings, asked: UpdateAutoScalingGroupType): GroupSettings {
  const { LaunchTemplate, MixedInstancesPolicy, ...others } = present;
  const settings: GroupSettings = {
    ...others,
    // A template takes the place of a mix, and the other way round.
    ...(saysTemplate(asked) ? {} : given({ LaunchTemplate, MixedInstancesPolicy })),
    ...given(asked),
  };
  const { MinSize, MaxSize } = settings;
  // AWS moves the desired capacity into new bounds when the request does not say it.
  settings.DesiredCapacity =
    asked.DesiredCapacity ?? Math.max(MinSize, Math.min(MaxSize, settings.DesiredCapacity));
  checkSettings(settings);
  return withoutNone(settings);
}
