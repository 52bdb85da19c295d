import { randomUUID } from 'node:crypto';

import type { Activity } from '@aws-sdk/client-auto-scaling';

import { messageOf } from '../../support/message-of';
import type { Clock } from '../clock';
import { type Group, stamp } from './group';

/** Activities that a group remembers, and those that remain of groups; AWS forgets them after six weeks. */
export const keptActivities = 500;

/** What a launch says whose instance is not known yet, by where it is launched to. */
const launching = {
  group: 'Launching a new EC2 instance',
  pool: 'Launching a new EC2 instance into warm pool',
} as const;

/** Writes the scaling activities of groups, in AWS's wording. */
export class Activities {
  constructor(private readonly clock: Clock) {}

  /** @param causes sentences without their time, unless it stands in them already. */
  begin(group: Group, description: string, causes: readonly (string | undefined)[]): Activity {
    const now = this.clock.now();
    const activity: Activity = {
      ActivityId: randomUUID(),
      AutoScalingGroupName: group.settings.AutoScalingGroupName,
      AutoScalingGroupARN: group.arn,
      Description: description,
      Cause: causes
        .filter((cause) => cause !== undefined)
        .map((cause) => (cause.startsWith('At ') ? cause : `At ${stamp(now)} ${cause}`))
        .join('  '),
      StartTime: now,
      StatusCode: 'InProgress',
      Progress: 50,
    };
    group.activities.unshift(activity);
    group.activities.splice(keptActivities);
    return activity;
  }

  beginLaunch(
    group: Group,
    causes: readonly (string | undefined)[],
    to: keyof typeof launching = 'group',
  ): Activity {
    return this.begin(group, launching[to], causes);
  }

  /** The instance of a launch is known now. */
  launched(activity: Activity, instanceId: string, subnetId: string, zone: string): void {
    activity.Description = `${activity.Description ?? ''}: ${instanceId}`;
    activity.Details = JSON.stringify({ 'Subnet ID': subnetId, 'Availability Zone': zone });
  }

  succeed(activity: Activity): void {
    this.end(activity, 'Successful');
  }

  cancel(activity: Activity): void {
    this.end(activity, 'Cancelled');
  }

  /** @param error what EC2 refused it with. */
  fail(activity: Activity, error: unknown, what: 'Launching' | 'Terminating'): void {
    activity.StatusMessage = `${messageOf(error).replace(/\.$/, '')}. ${what} EC2 instance failed.`;
    activity.Description = `${activity.Description ?? ''}.  Status Reason: ${activity.StatusMessage}`;
    this.end(activity, 'Failed');
  }

  private end(activity: Activity, status: 'Successful' | 'Failed' | 'Cancelled'): void {
    activity.StatusCode = status;
    activity.EndTime = this.clock.now();
    activity.Progress = 100;
  }
}
