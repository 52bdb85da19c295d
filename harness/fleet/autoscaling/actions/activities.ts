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
      const { AutoScalingGroupName: name, ActivityIds = [], IncludeDeletedGroups = false } = input;
      const former = store.formerActivities.filter(
        ({ AutoScalingGroupName }) =>
          IncludeDeletedGroups && (name ?? AutoScalingGroupName) === AutoScalingGroupName,
      );
      const isGone = former.length > 0 && name !== undefined && !store.groups.has(name);
      const groups = isGone ? [] : store.groupsNamed(name);
      const activities = [...groups.flatMap((group) => group.activities), ...former]
        .filter(({ ActivityId = '' }) => ActivityIds.length === 0 || ActivityIds.includes(ActivityId))
        .sort(
          (a, b) => Number(a.EndTime !== undefined) - Number(b.EndTime !== undefined) || began(b) - began(a),
        );
      const { items, nextToken } = page(activities, input, { usual: 100, most: 100 });
      return { Activities: items, NextToken: nextToken };
    },
  };
}
