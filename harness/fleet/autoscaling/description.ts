import type { AutoScalingGroup, AutoScalingInstanceDetails, Instance } from '@aws-sdk/client-auto-scaling';

import { type Group, serviceLinkedRole } from './group';
import type { Member } from './member';

/** A group as DescribeAutoScalingGroups shows it, with what AWS shows of settings that were never made. */
export function describeGroup(group: Group, includeInstances: boolean): AutoScalingGroup {
  const { settings } = group;
  return {
    AvailabilityZoneDistribution: { CapacityDistributionStrategy: 'balanced-best-effort' },
    AvailabilityZoneImpairmentPolicy: {
      ZonalShiftEnabled: false,
      ImpairedZoneHealthCheckBehavior: 'IgnoreUnhealthy',
    },
    DeletionProtection: 'none',
    CapacityReservationSpecification: { CapacityReservationPreference: 'default' },
    ...settings,
    ServiceLinkedRoleARN: serviceLinkedRole(group),
    AutoScalingGroupARN: group.arn,
    CreatedTime: group.createdAt,
    AvailabilityZones: [...new Set(group.zones.values())].sort(),
    LoadBalancerNames: [],
    TargetGroupARNs: [...group.targetGroups],
    TrafficSources: [...group.targetGroups].map((arn) => ({ Identifier: arn, Type: 'elbv2' })),
    Instances: includeInstances ? group.members.map(describeMember) : [],
    SuspendedProcesses: [...group.suspended].map(([ProcessName, SuspensionReason]) => ({
      ProcessName,
      SuspensionReason,
    })),
    EnabledMetrics: [...group.metrics].map((Metric) => ({ Metric, Granularity: '1Minute' })),
    Tags: [...group.tags.values()],
    Status: group.status,
    ...(group.pool === undefined
      ? {}
      : { WarmPoolConfiguration: group.pool.configuration, WarmPoolSize: group.pool.members.length }),
  };
}

/** A member as it is shown with its group, or with its warm pool. */
export function describeMember(member: Member): Instance {
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

/** A member as DescribeAutoScalingInstances shows it: its health in capitals there. */
export function describeInstance(group: Group, member: Member): AutoScalingInstanceDetails {
  return {
    ...describeMember(member),
    InstanceId: member.instanceId,
    AvailabilityZone: member.availabilityZone,
    LifecycleState: member.lifecycleState,
    ProtectedFromScaleIn: member.protectedFromScaleIn,
    AutoScalingGroupName: group.settings.AutoScalingGroupName,
    HealthStatus: member.healthStatus.toUpperCase(),
  };
}
