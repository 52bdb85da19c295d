import type {
  BatchDeleteScheduledActionAnswer,
  BatchDeleteScheduledActionType,
  BatchPutScheduledUpdateGroupActionAnswer,
  BatchPutScheduledUpdateGroupActionType,
  DeleteScheduledActionType,
  DescribeScheduledActionsType,
  FailedScheduledUpdateGroupActionRequest,
  PutScheduledUpdateGroupActionType,
  ScheduledActionsType,
} from '@aws-sdk/client-auto-scaling';
import { randomUUID } from 'node:crypto';

import { ServiceError, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import type { Clock } from '../../clock';
import type { Group } from '../group';
import { checkLimit } from '../limits';
import { page } from '../../protocol/paging';
import { nextOccurrence } from '../scaling/schedule';
import type { Store } from '../store';

type Asked = Omit<PutScheduledUpdateGroupActionType, 'AutoScalingGroupName'>;

function checkSizes({ MinSize, MaxSize, DesiredCapacity }: Asked): void {
  if (MinSize === undefined && MaxSize === undefined && DesiredCapacity === undefined) {
    throw validationError('At least one of MinSize, MaxSize and DesiredCapacity must be specified.');
  }
  const least = MinSize ?? 0;
  const most = MaxSize ?? Number.POSITIVE_INFINITY;
  if (least > most) {
    throw validationError(`Max bound, ${most}, must be greater than or equal to min bound, ${least}`);
  }
  if (DesiredCapacity !== undefined && (DesiredCapacity < least || DesiredCapacity > most)) {
    throw validationError(
      `Desired capacity:${DesiredCapacity} must be between the specified min size:${least} and max size:${most}`,
    );
  }
}

/** The actions on scheduled actions. */
export function scheduleActions(store: Store, clock: Clock): ActionHandlers {
  /** When an action runs first. */
  function firstRun({ StartTime, Time, EndTime, Recurrence, TimeZone }: Asked): Date {
    const now = clock.now();
    const given = StartTime ?? Time;
    if (given !== undefined && given < now) {
      throw validationError('Given start time is in the past');
    }
    const first = given ?? (Recurrence === undefined ? undefined : nextOccurrence(Recurrence, TimeZone, now));
    if (first === undefined) {
      throw validationError('Either StartTime or Recurrence must be specified.');
    }
    if (Recurrence !== undefined) {
      nextOccurrence(Recurrence, TimeZone, now);
    }
    if (EndTime !== undefined && EndTime < first) {
      throw validationError('End time must be later than start time.');
    }
    return first;
  }

  function put(group: Group, asked: Asked): void {
    const { AutoScalingGroupName } = group.settings;
    const name = asked.ScheduledActionName ?? '';
    checkSizes(asked);
    const before = group.schedules.get(name);
    if (before === undefined) {
      checkLimit('schedules', group.schedules.size);
    }
    const first = firstRun(asked);
    group.schedules.set(name, {
      ...asked,
      AutoScalingGroupName,
      ScheduledActionARN:
        before?.ScheduledActionARN ??
        store.arn(
          `scheduledUpdateGroupAction:${randomUUID()}:autoScalingGroupName/${AutoScalingGroupName}:scheduledActionName/${name}`,
        ),
      StartTime: first,
      Time: first,
    });
  }

  function remove(group: Group, name: string): void {
    if (!group.schedules.delete(name)) {
      throw validationError(`Scheduled action name not found - Scheduled action '${name}' not found`);
    }
  }

  /** Does each of a batch, and tells which failed. */
  function each<T>(
    items: readonly T[],
    name: (item: T) => string | undefined,
    act: (item: T) => void,
  ): FailedScheduledUpdateGroupActionRequest[] {
    return items.flatMap((item) => {
      try {
        act(item);
        return [];
      } catch (error) {
        if (error instanceof ServiceError) {
          return [{ ScheduledActionName: name(item), ErrorCode: error.code, ErrorMessage: error.message }];
        }
        throw error;
      }
    });
  }

  return {
    PutScheduledUpdateGroupAction: (input: PutScheduledUpdateGroupActionType): void => {
      put(store.group(input.AutoScalingGroupName), input);
    },

    BatchPutScheduledUpdateGroupAction: (
      input: BatchPutScheduledUpdateGroupActionType,
    ): BatchPutScheduledUpdateGroupActionAnswer => {
      const group = store.group(input.AutoScalingGroupName);
      return {
        FailedScheduledUpdateGroupActions: each(
          input.ScheduledUpdateGroupActions ?? [],
          ({ ScheduledActionName }) => ScheduledActionName,
          (asked) => {
            put(group, asked);
          },
        ),
      };
    },

    DeleteScheduledAction: (input: DeleteScheduledActionType): void => {
      remove(store.group(input.AutoScalingGroupName), input.ScheduledActionName ?? '');
    },

    BatchDeleteScheduledAction: (input: BatchDeleteScheduledActionType): BatchDeleteScheduledActionAnswer => {
      const group = store.group(input.AutoScalingGroupName);
      return {
        FailedScheduledActions: each(
          input.ScheduledActionNames ?? [],
          (name) => name,
          (name) => {
            remove(group, name);
          },
        ),
      };
    },

    DescribeScheduledActions: (input: DescribeScheduledActionsType): ScheduledActionsType => {
      const { AutoScalingGroupName, ScheduledActionNames = [], StartTime, EndTime } = input;
      const actions = store
        .groupsNamed(AutoScalingGroupName)
        .flatMap((group) => [...group.schedules.values()])
        .filter(({ ScheduledActionName = '', StartTime: starts }) =>
          ScheduledActionNames.length > 0
            ? ScheduledActionNames.includes(ScheduledActionName)
            : starts === undefined || ((StartTime ?? starts) <= starts && starts <= (EndTime ?? starts)),
        );
      const { items, nextToken } = page(actions, input);
      return { ScheduledUpdateGroupActions: items, NextToken: nextToken };
    },
  };
}
