import type {
  DeleteAlarmsInput,
  DescribeAlarmsForMetricInput,
  DescribeAlarmsForMetricOutput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  DisableAlarmActionsInput,
  EnableAlarmActionsInput,
  PutMetricAlarmInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';

import { ServiceError, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/operations';
import { page } from '../../protocol/paging';
import { type Alarm, describeAlarm } from '../alarm';
import type { AlarmActions } from '../alarm-actions';
import { checkedAlarm } from '../alarm-settings';
import type { AlarmStore } from '../alarm-store';
import { checkedTags } from './tags';

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html */
const mostDeleted = 100;

function stateNamed(name: string | undefined): (typeof states)[number] {
  const state = states.find((known) => known === name);
  if (state === undefined) {
    throw validationError(
      `1 validation error detected: Value '${name ?? ''}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [${states.join(', ')}]`,
    );
  }
  return state;
}

/** Whether the alarm watches the metric, by the same statistic, period and unit as far as the request says them. */
function watches({ settings }: Alarm, input: DescribeAlarmsForMetricInput): boolean {
  const dimensions = ({ Dimensions = [] }: Pick<DescribeAlarmsForMetricInput, 'Dimensions'>): string =>
    Dimensions.map(({ Name, Value }) => `${Name ?? ''}=${Value ?? ''}`)
      .sort()
      .join();
  return (
    settings.Namespace === input.Namespace &&
    settings.MetricName === input.MetricName &&
    dimensions(settings) === dimensions(input) &&
    (['Statistic', 'ExtendedStatistic', 'Period', 'Unit'] as const).every(
      (name) => input[name] === undefined || input[name] === settings[name],
    )
  );
}

/** The actions on metric alarms. */
export function alarmActions(store: AlarmStore, actions: AlarmActions): ActionHandlers {
  const switchActions = (names: readonly string[] | undefined, ActionsEnabled: boolean): void => {
    for (const alarm of (names ?? []).flatMap((name) => store.alarms.get(name) ?? [])) {
      alarm.settings = { ...alarm.settings, ActionsEnabled };
    }
  };

  return {
    PutMetricAlarm: (input: PutMetricAlarmInput): void => {
      const settings = checkedAlarm(input);
      store.put(settings, checkedTags(new Map(), input.Tags ?? []));
    },

    DescribeAlarms: (input: DescribeAlarmsInput): DescribeAlarmsOutput => {
      const { AlarmNames = [], AlarmNamePrefix, AlarmTypes = [], StateValue, ActionPrefix } = input;
      if (AlarmNames.length > 0 && AlarmNamePrefix !== undefined) {
        throw new ServiceError(
          'InvalidParameterCombination',
          'AlarmNamePrefix cannot be specified together with AlarmNames.',
        );
      }
      const alarms = [...store.alarms.values()].filter(
        ({ settings, state }) =>
          (AlarmTypes.length === 0 || AlarmTypes.includes('MetricAlarm')) &&
          (AlarmNames.length === 0 || AlarmNames.includes(settings.AlarmName)) &&
          settings.AlarmName.startsWith(AlarmNamePrefix ?? '') &&
          (StateValue === undefined || state.value === StateValue) &&
          (ActionPrefix === undefined ||
            [settings.AlarmActions, settings.OKActions, settings.InsufficientDataActions].some((list) =>
              list?.some((action) => action.startsWith(ActionPrefix)),
            )),
      );
      const { items, nextToken } = page(alarms, input);
      return { MetricAlarms: items.map(describeAlarm), CompositeAlarms: [], NextToken: nextToken };
    },

    DescribeAlarmsForMetric: (input: DescribeAlarmsForMetricInput): DescribeAlarmsForMetricOutput => ({
      MetricAlarms: [...store.alarms.values()].filter((alarm) => watches(alarm, input)).map(describeAlarm),
    }),

    /** Names of alarms that there are not are passed over, as CloudWatch does unless it is the only name. */
    DeleteAlarms: ({ AlarmNames = [] }: DeleteAlarmsInput): void => {
      if (AlarmNames.length > mostDeleted) {
        throw validationError(
          `Up to ${mostDeleted} alarms can be deleted at once; ${AlarmNames.length} are named.`,
        );
      }
      if (AlarmNames.length === 1) {
        store.alarm(AlarmNames[0]);
      }
      for (const name of AlarmNames) {
        store.remove(name);
      }
    },

    /** The state is the alarm's until it is next evaluated. */
    SetAlarmState: async (input: SetAlarmStateInput): Promise<void> => {
      const { StateReason = '', StateReasonData } = input;
      const alarm = store.alarm(input.AlarmName);
      const value = stateNamed(input.StateValue);
      checkData(StateReasonData);
      const before = store.setState(alarm, { value, reason: StateReason, reasonData: StateReasonData });
      if (before !== undefined) {
        await actions.perform(alarm, before);
      }
    },

    EnableAlarmActions: ({ AlarmNames }: EnableAlarmActionsInput): void => {
      switchActions(AlarmNames, true);
    },

    DisableAlarmActions: ({ AlarmNames }: DisableAlarmActionsInput): void => {
      switchActions(AlarmNames, false);
    },
  };
}

/** @throws ServiceError for a reason in data that is no JSON. */
function checkData(data: string | undefined): void {
  try {
    JSON.parse(data ?? '{}');
  } catch {
    throw new ServiceError(
      'InvalidFormat',
      `StateReasonData was not syntactically valid JSON: ${data ?? ''}`,
    );
  }
}
