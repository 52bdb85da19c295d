import {
  type Activity,
  AutoScalingClient,
  paginateDescribePolicies,
  paginateDescribeScalingActivities,
} from '@aws-sdk/client-auto-scaling';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
  paginateDescribeAlarmHistory,
} from '@aws-sdk/client-cloudwatch';

import type { LabOutputs } from './outputs';
import { administrator } from '../support/account';

/** An operator's view of why the worker group has the size that it has, by the Auto Scaling and CloudWatch APIs alone. */
export class ScalingClient {
  private readonly autoScaling: AutoScalingClient;
  private readonly cloudWatch: CloudWatchClient;

  constructor(
    endpoint: string,
    private readonly outputs: LabOutputs,
  ) {
    const common = { endpoint, region: outputs.region, credentials: administrator };
    this.autoScaling = new AutoScalingClient(common);
    this.cloudWatch = new CloudWatchClient(common);
  }

  /** The alarms that execute the group's policies. */
  async alarms(): Promise<MetricAlarm[]> {
    const names: string[] = [];
    const group = { AutoScalingGroupName: this.outputs.workerGroupName };
    for await (const { ScalingPolicies } of paginateDescribePolicies({ client: this.autoScaling }, group)) {
      names.push(
        ...(ScalingPolicies ?? []).flatMap(({ Alarms }) =>
          (Alarms ?? []).flatMap(({ AlarmName }) => AlarmName ?? []),
        ),
      );
    }
    const { MetricAlarms } = await this.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: names }));
    return MetricAlarms ?? [];
  }

  /** What became of an alarm from a moment on, the oldest first, one sentence each. */
  async history(AlarmName: string | undefined, StartDate: Date): Promise<string[]> {
    const sentences: string[] = [];
    const pages = paginateDescribeAlarmHistory(
      { client: this.cloudWatch },
      { AlarmName, StartDate, ScanBy: 'TimestampAscending' },
    );
    for await (const { AlarmHistoryItems } of pages) {
      sentences.push(...(AlarmHistoryItems ?? []).flatMap(({ HistorySummary }) => HistorySummary ?? []));
    }
    return sentences;
  }

  /** The group's activities that began from a moment on, the oldest first. */
  async activities(since: Date): Promise<Activity[]> {
    const activities: Activity[] = [];
    const group = { AutoScalingGroupName: this.outputs.workerGroupName };
    const pages = paginateDescribeScalingActivities({ client: this.autoScaling }, group);
    for await (const { Activities } of pages) {
      activities.push(
        ...(Activities ?? []).filter(({ StartTime }) => StartTime !== undefined && StartTime >= since),
      );
    }
    return activities.sort((a, b) => (a.StartTime?.getTime() ?? 0) - (b.StartTime?.getTime() ?? 0));
  }

  close(): void {
    this.autoScaling.destroy();
    this.cloudWatch.destroy();
  }
}
