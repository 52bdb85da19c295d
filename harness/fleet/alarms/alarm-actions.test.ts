import { ScalingAlarms } from './scaling-alarms';
import { AlarmsUnderTest, policy, topic, visible } from './testing/alarms';

let s: AlarmsUnderTest;
beforeEach(async () => {
  s = await AlarmsUnderTest.start();
});
afterEach(() => s[Symbol.asyncDispose]());

describe('the actions of an alarm', () => {
  it('are done once for each new state, and stand in its history', async () => {
    await s.client.putMetricAlarm({ ...visible, AlarmActions: [topic], OKActions: [topic] });
    await s.minute(11);
    await s.minute(12);
    await s.minute(1);
    expect(s.notifications.sent.map(({ subject }) => subject)).toEqual([
      'ALARM: "backlog" in us-east-2',
      'OK: "backlog" in us-east-2',
    ]);
    expect(s.notifications.sent[0]!.sender).toEqual({
      kind: 'service',
      name: 'cloudwatch.amazonaws.com',
      sourceArn: 'arn:aws:cloudwatch:us-east-2:000000000000:alarm:backlog',
    });
    expect(s.notifications.sent[0]!.message).toMatchObject({
      AlarmName: 'backlog',
      OldStateValue: 'INSUFFICIENT_DATA',
      NewStateValue: 'ALARM',
      Trigger: { MetricName: visible.MetricName, Statistic: 'MAXIMUM', Period: 60, Threshold: 10 },
    });
    const { AlarmHistoryItems } = await s.client.describeAlarmHistory({
      AlarmName: 'backlog',
      ScanBy: 'TimestampAscending',
    });
    expect(AlarmHistoryItems!.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm "backlog" created',
      'Alarm updated from INSUFFICIENT_DATA to ALARM',
      `Successfully executed action ${topic}`,
      'Alarm updated from ALARM to OK',
      `Successfully executed action ${topic}`,
    ]);
    expect(JSON.parse(AlarmHistoryItems![1]!.HistoryData!)).toMatchObject({
      oldState: { stateValue: 'INSUFFICIENT_DATA' },
      newState: { stateValue: 'ALARM', stateReasonData: { recentDatapoints: [11] } },
    });
  });

  it('that fail, or are not done here, stand in its history with the reason', async () => {
    s.notifications.broken.add(topic);
    const lambda = 'arn:aws:lambda:us-east-2:000000000000:function:f';
    await s.client.putMetricAlarm({ ...visible, AlarmActions: [topic, lambda] });
    await s.minute(11);
    const { AlarmHistoryItems } = await s.client.describeAlarmHistory({ HistoryItemType: 'Action' });
    expect(AlarmHistoryItems!.map(({ HistorySummary }) => HistorySummary)).toEqual([
      `Failed to execute action ${lambda}. Received error: "Actions of lambda are not done by the local emulation."`,
      `Failed to execute action ${topic}. Received error: "${topic} does not exist"`,
    ]);
  });

  it('are not done while they are switched off', async () => {
    await s.client.putMetricAlarm({ ...visible, AlarmActions: [topic, policy] });
    await s.client.disableAlarmActions({ AlarmNames: ['backlog'] });
    await s.minute(11);
    expect(await s.alarm()).toMatchObject({ StateValue: 'ALARM', ActionsEnabled: false });
    expect(s.notifications.sent).toEqual([]);
    expect(new ScalingAlarms(s.store).alarms()[0]!.stateActions).toEqual([]);
    await s.client.enableAlarmActions({ AlarmNames: ['backlog'] });
    expect(new ScalingAlarms(s.store).alarms()[0]!.stateActions).toEqual([topic, policy]);
  });

  it('are done when the state is set by hand, until it is evaluated again', async () => {
    await s.client.putMetricAlarm({ ...visible, AlarmActions: [topic], TreatMissingData: 'notBreaching' });
    await s.client.setAlarmState({ AlarmName: 'backlog', StateValue: 'ALARM', StateReason: 'a test' });
    expect(await s.alarm()).toMatchObject({ StateValue: 'ALARM', StateReason: 'a test' });
    expect(s.notifications.sent).toHaveLength(1);
    await s.minute(undefined);
    expect((await s.alarm()).StateValue).toBe('OK');
  });

  it('are not done for a state whose data are no JSON, which stays as it was', async () => {
    await s.client.putMetricAlarm({ ...visible, AlarmActions: [topic] });
    await expect(
      s.client.setAlarmState({
        AlarmName: 'backlog',
        StateValue: 'ALARM',
        StateReason: 'a test',
        StateReasonData: 'no JSON',
      }),
    ).rejects.toThrow('StateReasonData was not syntactically valid JSON: no JSON');
    expect((await s.alarm()).StateValue).toBe('INSUFFICIENT_DATA');
    expect(s.notifications.sent).toEqual([]);
  });
});
