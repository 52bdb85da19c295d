import type { ActivitiesType, Activity, DescribeScalingActivitiesType } from '@aws-sdk/client-auto-scaling';

import type { ActionHandlers } from '../../protocol/query-service';
import { page } from '../../protocol/paging';
import type { Store } from '../store';

const began = ({ StartTime }: Activity): number => StartTime?.getTime() ?? 0;

/** The action on scaling activities. */
export function activityActions(store: Store): ActionHandlers {
  return {
    /** Those still in progress first, then the newest. */
    DescribeScalingActivities: (input: DescribeScalingActivitiesType): ActivitiesType => {
      const { AutoScalingGroupName, ActivityIds = [] } = input;
      const activities = store
        .groupsNamed(AutoScalingGroupName)
        .flatMap((group) => group.activities)
        .filter(({ ActivityId = '' }) => ActivityIds.length === 0 || ActivityIds.includes(ActivityId))
        .sort(
          (a, b) => Number(a.EndTime !== undefined) - Number(b.EndTime !== undefined) || began(b) - began(a),
        );
      const { items, nextToken } = page(activities, input, { usual: 100, most: 100 });
      return { Activities: items, NextToken: nextToken };
    },
  };
}
