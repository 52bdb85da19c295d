import type { ScheduledUpdateGroupAction } from '@aws-sdk/client-auto-scaling';
import { Cron } from 'croner';

import { validationError } from '../../protocol/errors';
import type { Clock } from '../../clock';
import { type Group, changeCapacity, performs } from '../group';

/** The time zone of a recurrence that names none. */
const usualTimeZone = 'Etc/UTC';

/**
 * When a recurrence comes next.
 *
 * @param recurrence cron expression of five fields.
 * @throws ServiceError when it, or the time zone, is not valid.
 */
export function nextOccurrence(
  recurrence: string,
  timeZone: string | undefined,
  after: Date,
): Date | undefined {
  try {
    const cron = new Cron(recurrence, { timezone: timeZone ?? usualTimeZone, paused: true, mode: '5-part' });
    return cron.nextRun(after) ?? undefined;
  } catch {
    throw validationError(
      `Given recurrence string: ${recurrence} is invalid${timeZone === undefined ? '' : ` in time zone ${timeZone}`}`,
    );
  }
}

/** Runs the scheduled actions of a group that are due, and forgets those that do not come again. */
export function runSchedules(group: Group, clock: Clock): void {
  const now = clock.now();
  for (const [name, action] of group.schedules) {
    const { StartTime, EndTime, Recurrence, TimeZone } = action;
    if (StartTime === undefined || StartTime > now) {
      continue;
    }
    if (performs(group, 'ScheduledActions') && group.status === undefined) {
      apply(group, action, now);
    }
    const next = Recurrence === undefined ? undefined : nextOccurrence(Recurrence, TimeZone, now);
    if (next === undefined || (EndTime !== undefined && next > EndTime)) {
      group.schedules.delete(name);
    } else {
      group.schedules.set(name, { ...action, StartTime: next, Time: next });
    }
  }
}

/** What the action does not say keeps its value; the desired capacity moves into the new bounds. */
function apply(group: Group, action: ScheduledUpdateGroupAction, now: Date): void {
  const MinSize = action.MinSize ?? Math.min(group.settings.MinSize, action.MaxSize ?? Infinity);
  const MaxSize = Math.max(MinSize, action.MaxSize ?? group.settings.MaxSize);
  const asked = action.DesiredCapacity ?? group.settings.DesiredCapacity;
  const desired = Math.max(MinSize, Math.min(MaxSize, asked));
  const who = `a scheduled action update of AutoScalingGroup constraints to min: ${MinSize}, max: ${MaxSize}, desired: ${desired}`;
  changeCapacity(group, desired, who, now);
  group.settings = { ...group.settings, MinSize, MaxSize };
}
