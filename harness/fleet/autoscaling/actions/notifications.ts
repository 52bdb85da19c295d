import type {
  DeleteNotificationConfigurationType,
  DescribeAutoScalingNotificationTypesAnswer,
  DescribeNotificationConfigurationsAnswer,
  DescribeNotificationConfigurationsType,
  PutNotificationConfigurationType,
} from '@aws-sdk/client-auto-scaling';

import { messageOf } from '../../../support/message-of';
import { validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { checkLimit } from '../limits';
import { type Announcer, notificationTypes } from '../notifications/announcer';
import { page } from '../../protocol/paging';
import type { Store } from '../store';

/** The actions on notifications of scaling activities. */
export function notificationActions(store: Store, announcer: Announcer): ActionHandlers {
  return {
    /** The types of a topic that is named already are replaced. */
    PutNotificationConfiguration: async (input: PutNotificationConfigurationType): Promise<void> => {
      const { AutoScalingGroupName, TopicARN = '', NotificationTypes = [] } = input;
      const group = store.group(AutoScalingGroupName);
      const unknown = NotificationTypes.find((type) => !notificationTypes.some((known) => known === type));
      if (unknown !== undefined) {
        throw validationError(
          `"${unknown}" is not a valid Notification Type. Valid types are: ${notificationTypes.join(', ')}`,
        );
      }
      if (!group.topics.has(TopicARN)) {
        checkLimit('notificationTopics', group.topics.size);
      }
      try {
        await announcer.testTopic(group, TopicARN);
      } catch (error) {
        throw validationError(`Unable to publish to notification topic: ${TopicARN}. ${messageOf(error)}`);
      }
      group.topics.set(TopicARN, new Set(NotificationTypes));
    },

    DeleteNotificationConfiguration: (input: DeleteNotificationConfigurationType): void => {
      store.group(input.AutoScalingGroupName).topics.delete(input.TopicARN ?? '');
    },

    DescribeNotificationConfigurations: (
      input: DescribeNotificationConfigurationsType,
    ): DescribeNotificationConfigurationsAnswer => {
      const names = input.AutoScalingGroupNames ?? [];
      const groups =
        names.length === 0 ? store.groupsNamed(undefined) : names.map((name) => store.group(name));
      const configurations = groups.flatMap(({ settings: { AutoScalingGroupName }, topics }) =>
        [...topics].flatMap(([TopicARN, types]) =>
          [...types].map((NotificationType) => ({ AutoScalingGroupName, TopicARN, NotificationType })),
        ),
      );
      const { items, nextToken } = page(configurations, input);
      return { NotificationConfigurations: items, NextToken: nextToken };
    },

    DescribeAutoScalingNotificationTypes: (): DescribeAutoScalingNotificationTypesAnswer => ({
      AutoScalingNotificationTypes: [...notificationTypes],
    }),
  };
}
