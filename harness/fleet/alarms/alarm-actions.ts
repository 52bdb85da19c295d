import type { StateValue } from '@aws-sdk/client-cloudwatch';

import { messageOf } from '../../support/message-of';
import type { NotificationGateway } from '../notifications';
import { type Alarm, actionsIn } from './alarm';
import type { AlarmStore } from './alarm-store';

/** Does what alarms demand when they come into a state. Scaling policies are executed by their groups, which look at the alarms. */
export class AlarmActions {
  constructor(
    private readonly alarms: AlarmStore,
    private readonly notifications: NotificationGateway,
  ) {}

  /** What fails stands in the alarm's history. */
  async perform(alarm: Alarm, before: StateValue): Promise<void> {
    if (!alarm.settings.ActionsEnabled) {
      return;
    }
    for (const action of actionsIn(alarm, alarm.state.value)) {
      const service = action.split(':')[2] ?? '';
      if (service === 'sns') {
        await this.publish(alarm, before, action);
      } else if (service !== 'autoscaling') {
        this.alarms.noteAction(alarm, action, `Actions of ${service} are not done by the local emulation.`);
      }
    }
  }

  private async publish(alarm: Alarm, before: StateValue, targetArn: string): Promise<void> {
    const { region } = this.alarms.home;
    try {
      await this.notifications.send({
        sender: { kind: 'service', name: 'cloudwatch.amazonaws.com', sourceArn: alarm.arn },
        targetArn,
        subject: `${alarm.state.value}: "${alarm.settings.AlarmName}" in ${region}`,
        message: message(alarm, before, this.alarms.home),
      });
      this.alarms.noteAction(alarm, targetArn);
    } catch (error) {
      this.alarms.noteAction(alarm, targetArn, messageOf(error));
    }
  }
}

/**
 * What subscribers of an alarm's topic get.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
function message(alarm: Alarm, before: StateValue, { accountId, region }: AlarmStore['home']): object {
  const { settings, state } = alarm;
  return {
    AlarmName: settings.AlarmName,
    AlarmDescription: settings.AlarmDescription ?? null,
    AWSAccountId: accountId,
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAt,
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: alarm.stateChangedAt,
    Region: region,
    AlarmArn: alarm.arn,
    OldStateValue: before,
    OKActions: settings.OKActions ?? [],
    AlarmActions: settings.AlarmActions ?? [],
    InsufficientDataActions: settings.InsufficientDataActions ?? [],
    Trigger: {
      ...(settings.Metrics === undefined ? metric(settings) : { Metrics: settings.Metrics }),
      EvaluationPeriods: settings.EvaluationPeriods,
      DatapointsToAlarm: settings.DatapointsToAlarm,
      ComparisonOperator: settings.ComparisonOperator,
      Threshold: settings.Threshold,
      TreatMissingData: settings.TreatMissingData ?? '',
      EvaluateLowSampleCountPercentile: settings.EvaluateLowSampleCountPercentile ?? '',
    },
  };
}

function metric(settings: Alarm['settings']): object {
  return {
    MetricName: settings.MetricName,
    Namespace: settings.Namespace,
    StatisticType: settings.Statistic === undefined ? 'ExtendedStatistic' : 'Statistic',
    Statistic: settings.Statistic?.toUpperCase() ?? settings.ExtendedStatistic,
    Unit: settings.Unit ?? null,
    Dimensions: (settings.Dimensions ?? []).map(({ Name, Value }) => ({ name: Name, value: Value })),
    Period: settings.Period,
  };
}
