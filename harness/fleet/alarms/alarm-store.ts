import type { HistoryItemType, StateValue } from '@aws-sdk/client-cloudwatch';

import type { Clock } from '../clock';
import { ServiceError } from '../protocol/errors';
import { type Alarm, type AlarmSettings, type AlarmState, type HistoryItem, describeAlarm } from './alarm';

/** Where the alarms of one account and region are. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

/** History items that are remembered; AWS forgets them after 30 days. */
const keptHistory = 5_000;

/** All alarms of one account and region, and what became of them. */
export class AlarmStore {
  readonly alarms = new Map<string, Alarm>();
  /** Newest first; it outlives the alarms. */
  readonly history: HistoryItem[] = [];

  constructor(
    readonly home: Home,
    private readonly clock: Clock,
  ) {}

  /** @throws ServiceError when there is no such alarm. */
  alarm(name: string | undefined): Alarm {
    const alarm = this.alarms.get(name ?? '');
    if (alarm === undefined) {
      throw new ServiceError('ResourceNotFound', `Alarm ${name ?? ''} does not exist`, 404);
    }
    return alarm;
  }

  /** @throws ServiceError when there is no alarm of that ARN. */
  alarmOfArn(arn: string | undefined): Alarm {
    const alarm = [...this.alarms.values()].find((candidate) => candidate.arn === arn);
    if (alarm === undefined) {
      throw new ServiceError('ResourceNotFoundException', `Unknown resource: ${arn ?? ''}`, 404);
    }
    return alarm;
  }

  /** Makes an alarm, or gives one that there is other settings; that keeps its state. */
  put(settings: AlarmSettings, tags: ReadonlyMap<string, string>): void {
    const now = this.clock.now();
    const { AlarmName } = settings;
    const present = this.alarms.get(AlarmName);
    if (present !== undefined) {
      present.settings = settings;
      present.configuredAt = now;
      delete present.evaluatedTo;
      this.note(AlarmName, 'ConfigurationUpdate', `Alarm "${AlarmName}" updated`, {
        type: 'Update',
        updatedAlarm: describeAlarm(present),
      });
      return;
    }
    const { accountId, region } = this.home;
    const alarm: Alarm = {
      settings,
      arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${AlarmName}`,
      state: { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation' },
      configuredAt: now,
      stateUpdatedAt: now,
      stateChangedAt: now,
      tags: new Map(tags),
      recent: [],
    };
    this.alarms.set(AlarmName, alarm);
    this.note(AlarmName, 'ConfigurationUpdate', `Alarm "${AlarmName}" created`, {
      type: 'Create',
      createdAlarm: describeAlarm(alarm),
    });
  }

  remove(name: string): void {
    const alarm = this.alarms.get(name);
    if (alarm !== undefined) {
      this.alarms.delete(name);
      this.note(name, 'ConfigurationUpdate', `Alarm "${name}" deleted`, {
        type: 'Delete',
        deletedAlarm: describeAlarm(alarm),
      });
    }
  }

  /** Sets the state of an alarm. @returns the state that it was in, when it is in another now. */
  setState(alarm: Alarm, state: AlarmState): StateValue | undefined {
    const now = this.clock.now();
    const before = alarm.state;
    if (before.value === state.value && before.reason === state.reason) {
      return undefined;
    }
    alarm.state = state;
    alarm.stateUpdatedAt = now;
    if (before.value === state.value) {
      return undefined;
    }
    alarm.stateChangedAt = now;
    this.note(
      alarm.settings.AlarmName,
      'StateUpdate',
      `Alarm updated from ${before.value} to ${state.value}`,
      { oldState: stateData(before), newState: stateData(state) },
    );
    return before.value;
  }

  /** Notes what became of an action of an alarm. @param failure why it could not be done. */
  noteAction(alarm: Alarm, action: string, failure?: string): void {
    const { AlarmName } = alarm.settings;
    const summary =
      failure === undefined
        ? `Successfully executed action ${action}`
        : `Failed to execute action ${action}. Received error: "${failure}"`;
    this.note(AlarmName, 'Action', summary, {
      actionState: failure === undefined ? 'Succeeded' : 'Failed',
      notificationResource: action,
      stateUpdateTimestamp: alarm.stateUpdatedAt.getTime(),
      error: failure ?? null,
    });
  }

  private note(
    AlarmName: string,
    HistoryItemType: HistoryItemType,
    HistorySummary: string,
    data: object,
  ): void {
    this.history.unshift({
      AlarmName,
      AlarmType: 'MetricAlarm',
      Timestamp: this.clock.now(),
      HistoryItemType,
      HistorySummary,
      HistoryData: JSON.stringify({ version: '1.0', ...data }),
    });
    this.history.splice(keptHistory);
  }
}

function stateData({ value, reason, reasonData }: AlarmState): object {
  return {
    stateValue: value,
    stateReason: reason,
    ...(reasonData === undefined ? {} : { stateReasonData: JSON.parse(reasonData) as unknown }),
  };
}
