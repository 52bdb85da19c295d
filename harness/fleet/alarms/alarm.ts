import type {
  AlarmHistoryItem,
  HistoryItemType,
  MetricAlarm,
  PutMetricAlarmInput,
  StateValue,
} from '@aws-sdk/client-cloudwatch';

/** Settings of an alarm, checked. */
export type AlarmSettings = Omit<PutMetricAlarmInput, 'Tags' | Always> & {
  readonly [Name in Always]: NonNullable<PutMetricAlarmInput[Name]>;
};

type Always = 'AlarmName' | 'ComparisonOperator' | 'EvaluationPeriods' | 'Threshold' | 'ActionsEnabled';

/** The state of an alarm, and why it is in it. */
export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  /** JSON, as AWS writes it. */
  readonly reasonData?: string | undefined;
}

/** A metric alarm. */
export interface Alarm {
  settings: AlarmSettings;
  readonly arn: string;
  state: AlarmState;
  configuredAt: Date;
  /** When the state, or its reason, was last set. */
  stateUpdatedAt: Date;
  /** When the state last became another. */
  stateChangedAt: Date;
  readonly tags: Map<string, string>;
  /** The end of the last period that it was evaluated for, in milliseconds. */
  evaluatedTo?: number;
  /** The values that the last evaluation looked at, the oldest first. */
  recent: readonly number[];
}

/** What an alarm does in a state. */
export function actionsIn({ settings }: Pick<Alarm, 'settings'>, state: StateValue): readonly string[] {
  switch (state) {
    case 'ALARM':
      return settings.AlarmActions ?? [];
    case 'OK':
      return settings.OKActions ?? [];
    case 'INSUFFICIENT_DATA':
      return settings.InsufficientDataActions ?? [];
  }
}

/** An alarm as DescribeAlarms shows it. */
export function describeAlarm(alarm: Alarm): MetricAlarm {
  const { settings, state } = alarm;
  return {
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    Dimensions: [],
    ...settings,
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAt,
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: alarm.stateUpdatedAt,
    StateTransitionedTimestamp: alarm.stateChangedAt,
  };
}

/** An entry of an alarm's history. */
export interface HistoryItem extends AlarmHistoryItem {
  AlarmName: string;
  Timestamp: Date;
  HistoryItemType: HistoryItemType;
}
