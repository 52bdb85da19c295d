import type { AutoscalingGroupInstanceRefresh } from '@cdktf/provider-aws/lib/autoscaling-group';

import type { FleetSettings } from './fleet-settings';

/**
 * How a group goes over to a new version of its template: a new instance works before an old one goes. A busy instance is
 * taken too, and finishes its work under the lifecycle hook; to wait for its protection to end would fail the refresh
 * after an hour of work. See docs/decisions/instance-refresh.md.
 */
export function instanceRefresh({ refreshAlarmNames = [] }: FleetSettings): AutoscalingGroupInstanceRefresh {
  return {
    strategy: 'Rolling',
    preferences: {
      minHealthyPercentage: 100,
      maxHealthyPercentage: 150,
      skipMatching: true,
      scaleInProtectedInstances: 'Refresh',
      ...(refreshAlarmNames.length === 0 ? {} : { alarmSpecification: { alarms: [...refreshAlarmNames] } }),
    },
  };
}
