import type {
  CreateAutoScalingGroupType,
  InstancesDistribution,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';

import { notDoneHere } from '../protocol/errors';

/** What becomes of a setting: done as AWS does it, refused, or shown only, for the reason that it says. */
type Treatment = 'done' | 'refused' | `shown: ${string}`;

/** Every setting of a group that AWS knows: one that the SDK learns of does not compile without a decision here. */
export const groupSettings: Readonly<
  Record<keyof CreateAutoScalingGroupType | keyof UpdateAutoScalingGroupType, Treatment>
> = {
  AutoScalingGroupName: 'done',
  MinSize: 'done',
  MaxSize: 'done',
  DesiredCapacity: 'done',
  DesiredCapacityType: 'done',
  DefaultCooldown: 'done',
  DefaultInstanceWarmup: 'done',
  LaunchConfigurationName: 'done',
  LaunchTemplate: 'done',
  MixedInstancesPolicy: 'done',
  InstanceId: 'done',
  AvailabilityZones: 'done',
  AvailabilityZoneIds: 'refused',
  AvailabilityZoneDistribution: 'done',
  AvailabilityZoneImpairmentPolicy: 'shown: no zone is ever impaired',
  SkipZonalShiftValidation: 'shown: no zone is ever impaired',
  VPCZoneIdentifier: 'done',
  LoadBalancerNames: 'refused',
  TargetGroupARNs: 'done',
  TrafficSources: 'done',
  HealthCheckType: 'done',
  HealthCheckGracePeriod: 'done',
  TerminationPolicies: 'done',
  NewInstancesProtectedFromScaleIn: 'done',
  MaxInstanceLifetime: 'done',
  InstanceMaintenancePolicy: 'done',
  InstanceLifecyclePolicy: 'done',
  DeletionProtection: 'done',
  LifecycleHookSpecificationList: 'done',
  Tags: 'done',
  CapacityRebalance: 'shown: no Spot Instance is ever interrupted',
  CapacityReservationSpecification: 'shown: there are no reservations',
  PlacementGroup: 'shown: there are no hosts',
  ServiceLinkedRoleARN: 'done',
  Context: 'shown: AWS keeps it for itself',
  Operator: 'refused',
};

/** Every setting of the distribution of a mixed instances policy. */
export const distributionSettings: Readonly<Record<keyof InstancesDistribution, Treatment>> = {
  OnDemandAllocationStrategy: 'done',
  OnDemandBaseCapacity: 'done',
  OnDemandPercentageAboveBaseCapacity: 'done',
  SpotAllocationStrategy: 'done',
  SpotInstancePools: 'shown: there are no prices',
  SpotMaxPrice: 'shown: there are no prices',
  DistributionSegments: 'refused',
};

function isGiven(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/**
 * Refuses what is not done, rather than to forget it silently.
 *
 * @param of what the settings are of, for the message: `a group`.
 * @throws ServiceError
 */
export function refuseNotDone<T extends object>(
  asked: T,
  treatments: Readonly<Record<keyof T, Treatment>>,
  of: string,
): void {
  for (const [name, treatment] of Object.entries(treatments)) {
    if (treatment === 'refused' && isGiven(Reflect.get(asked, name))) {
      throw notDoneHere(`autoscaling: ${name} of ${of}`);
    }
  }
}

/** The settings that are shown only, each with the reason. */
export function shownOnly(): string {
  return Object.entries({ ...groupSettings, ...distributionSettings })
    .filter(([, treatment]) => treatment.startsWith('shown'))
    .map(([name, treatment]) => `\`${name}\` (${treatment.replace('shown: ', '')})`)
    .join(', ');
}
