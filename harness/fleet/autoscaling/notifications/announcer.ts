import { randomUUID } from 'node:crypto';

import type { Activity, LifecycleHook } from '@aws-sdk/client-auto-scaling';

import { allEnded } from '../../../support/all-ended';
import type { Clock } from '../../clock';
import type { Notification, NotificationGateway } from '../../notifications';
import type { Sender } from '../../rights';
import { type Group, everyMember, serviceLinkedRole } from '../group';
import type { HookWait, Member } from '../member';

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-sns-notifications.html */
export const notificationTypes = [
  'autoscaling:EC2_INSTANCE_LAUNCH',
  'autoscaling:EC2_INSTANCE_LAUNCH_ERROR',
  'autoscaling:EC2_INSTANCE_TERMINATE',
  'autoscaling:EC2_INSTANCE_TERMINATE_ERROR',
  'autoscaling:TEST_NOTIFICATION',
] as const;

const service = 'AWS Auto Scaling';
const testEvent = 'autoscaling:TEST_NOTIFICATION';

function eventOf({ Description = '', StatusCode }: Activity): string | undefined {
  const verb = Description.startsWith('Launching')
    ? 'LAUNCH'
    : Description.startsWith('Terminating')
      ? 'TERMINATE'
      : undefined;
  return verb && `autoscaling:EC2_INSTANCE_${verb}${StatusCode === 'Successful' ? '' : '_ERROR'}`;
}

const assumedBy = 'autoscaling.amazonaws.com';

const ofGroup = (group: Group): Sender => ({ kind: 'role', roleArn: serviceLinkedRole(group), assumedBy });

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html */
const ofHook = ({ RoleARN = 'none' }: LifecycleHook): Sender => ({
  kind: 'role',
  roleArn: RoleARN,
  assumedBy,
});

/** Tells of what happens in groups: activities that end, to topics; lifecycle actions that begin, to topics and queues. */
export class Announcer {
  private readonly told = new WeakSet<Activity | HookWait>();

  constructor(
    private readonly gateway: NotificationGateway,
    private readonly clock: Clock,
    private readonly accountId: string,
  ) {}

  /** Tells of what is new in a group. @throws when a target takes no message; the others have got theirs then. */
  async announce(group: Group): Promise<void> {
    const ended = group.activities.filter((activity) => activity.EndTime !== undefined);
    const notifications = [
      ...this.news(ended).flatMap((activity) => this.ofActivity(group, activity)),
      ...everyMember(group).flatMap((member) =>
        this.news(member.waits).flatMap((wait) => this.ofWait(group, member, wait)),
      ),
    ];
    await allEnded(notifications.map((notification) => this.gateway.send(notification)));
  }

  /** The message that a new topic of a group gets at once. @throws when it does not take it. */
  async testTopic(group: Group, targetArn: string): Promise<void> {
    await this.test(group, ofGroup(group), targetArn, {});
  }

  /** The message that a new target of a hook gets at once. @throws when it does not take it. */
  async testHook(group: Group, hook: LifecycleHook, targetArn: string): Promise<void> {
    const { LifecycleHookName, LifecycleTransition } = hook;
    await this.test(group, ofHook(hook), targetArn, { LifecycleHookName, LifecycleTransition });
  }

  private async test(group: Group, sender: Sender, targetArn: string, details: object): Promise<void> {
    await this.gateway.send({
      sender,
      targetArn,
      subject: `Auto Scaling: test notification for group "${group.settings.AutoScalingGroupName}"`,
      message: { ...this.head(group), ...details, Event: testEvent },
    });
  }

  private news<T extends Activity | HookWait>(items: readonly T[]): T[] {
    const news = items.filter((item) => !this.told.has(item));
    news.forEach((item) => this.told.add(item));
    return news;
  }

  private ofActivity(group: Group, activity: Activity): Notification[] {
    const Event = eventOf(activity);
    const { AutoScalingGroupName } = group.settings;
    const what = Event?.includes('LAUNCH') === true ? 'launch' : 'termination';
    return [...group.topics]
      .filter(([, types]) => Event !== undefined && types.has(Event))
      .map(([targetArn]) => ({
        sender: ofGroup(group),
        targetArn,
        subject: `Auto Scaling: ${what} for group "${AutoScalingGroupName}"`,
        message: {
          ...this.head(group),
          Event,
          ActivityId: activity.ActivityId,
          Description: activity.Description,
          Cause: activity.Cause,
          StartTime: activity.StartTime,
          EndTime: activity.EndTime,
          StatusCode: activity.StatusCode,
          StatusMessage: activity.StatusMessage ?? '',
          Progress: activity.Progress,
          EC2InstanceId: /: (i-\w+)/.exec(activity.Description ?? '')?.[1] ?? '',
          Details: JSON.parse(activity.Details ?? '{}') as unknown,
        },
      }));
  }

  private ofWait(group: Group, member: Member, wait: HookWait): Notification[] {
    const hook: LifecycleHook = group.hooks.get(wait.hookName) ?? {};
    const { NotificationTargetARN: targetArn, LifecycleHookName = '' } = hook;
    if (targetArn === undefined) {
      return [];
    }
    return [
      {
        sender: ofHook(hook),
        targetArn,
        subject: `Auto Scaling: Lifecycle action '${hook.LifecycleTransition?.endsWith('LAUNCHING') === true ? 'LAUNCHING' : 'TERMINATING'}' for instance ${member.instanceId} in progress.`,
        message: {
          ...this.head(group),
          LifecycleHookName,
          LifecycleTransition: hook.LifecycleTransition,
          EC2InstanceId: member.instanceId,
          LifecycleActionToken: wait.token,
          NotificationMetadata: hook.NotificationMetadata,
          // Only a group with a warm pool has more than one place to come from or to go to.
          ...(group.pool === undefined
            ? {}
            : { Origin: wait.journey.origin, Destination: wait.journey.destination }),
        },
      },
    ];
  }

  private head(group: Group): object {
    return {
      Service: service,
      Time: this.clock.now(),
      RequestId: randomUUID(),
      AccountId: this.accountId,
      AutoScalingGroupName: group.settings.AutoScalingGroupName,
      AutoScalingGroupARN: group.arn,
    };
  }
}
