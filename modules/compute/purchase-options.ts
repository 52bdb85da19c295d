import type { AutoscalingGroupConfig } from '@cdktf/provider-aws/lib/autoscaling-group';
import type { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';

import { type FleetSettings, instanceTypes, usesSpot } from './fleet-settings';

/**
 * What a group launches: the template as it is, or a mix of instance types and purchase options over it. Spot comes from
 * the pools that are cheap and unlikely to be interrupted, and an instance at risk is replaced before it is taken.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html
 */
export function purchaseOptions(
  template: LaunchTemplate,
  settings: FleetSettings,
): Pick<AutoscalingGroupConfig, 'launchTemplate' | 'mixedInstancesPolicy' | 'capacityRebalance'> {
  // By its number and not `$Latest`: a new version is a change of the group, which starts an instance refresh.
  const version = `\${${template.fqn}.latest_version}`;
  const types = instanceTypes(settings);
  if (types.length === 1) {
    return { launchTemplate: { id: template.id, version } };
  }
  return {
    mixedInstancesPolicy: {
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: template.id, version },
        override: types.map((instanceType) => ({ instanceType })),
      },
      instancesDistribution: {
        onDemandAllocationStrategy: 'prioritized',
        onDemandBaseCapacity: settings.onDemandBaseCapacity ?? 0,
        onDemandPercentageAboveBaseCapacity: settings.onDemandPercentageAboveBaseCapacity ?? 100,
        spotAllocationStrategy: 'price-capacity-optimized',
      },
    },
    ...(usesSpot(settings) ? { capacityRebalance: true } : {}),
  };
}
