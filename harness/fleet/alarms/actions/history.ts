import type { DescribeAlarmHistoryInput, DescribeAlarmHistoryOutput } from '@aws-sdk/client-cloudwatch';

import type { ActionHandlers } from '../../protocol/operations';
import { page } from '../../protocol/paging';
import type { AlarmStore } from '../alarm-store';

/** The action on what became of alarms. */
export function historyActions(store: AlarmStore): ActionHandlers {
  return {
    DescribeAlarmHistory: (input: DescribeAlarmHistoryInput): DescribeAlarmHistoryOutput => {
      const { AlarmName, AlarmTypes = [], HistoryItemType, StartDate, EndDate, ScanBy } = input;
      const items = store.history.filter(
        (item) =>
          (AlarmName === undefined || item.AlarmName === AlarmName) &&
          (AlarmTypes.length === 0 || AlarmTypes.includes('MetricAlarm')) &&
          (HistoryItemType === undefined || item.HistoryItemType === HistoryItemType) &&
          (StartDate === undefined || item.Timestamp >= StartDate) &&
          (EndDate === undefined || item.Timestamp <= EndDate),
      );
      const { items: AlarmHistoryItems, nextToken } = page(
        ScanBy === 'TimestampAscending' ? items.reverse() : items,
        input,
        { usual: 100, most: 100 },
      );
      return { AlarmHistoryItems, NextToken: nextToken };
    },
  };
}
