import { ScalingAlarms } from './scaling-alarms';
import { AlarmsUnderTest, policy, visible } from './testing/alarms';

let s: AlarmsUnderTest;
beforeEach(async () => {
  s = await AlarmsUnderTest.start();
});
afterEach(() => s[Symbol.asyncDispose]());

describe('what Auto Scaling sees of an alarm', () => {
  it('is the metric over its evaluation periods, as one number', async () => {
    await s.client.putMetricAlarm({ ...visible, AlarmActions: [policy], EvaluationPeriods: 2 });
    await s.minute(20);
    await s.minute(40);
    const alarms = new ScalingAlarms(s.store);
    expect(alarms.alarms()).toMatchObject([{ name: 'backlog', state: 'ALARM', stateActions: [policy] }]);
    expect(
      ['Minimum', 'Maximum', 'Average'].map((how) => alarms.metric('backlog', how as 'Average')),
    ).toEqual([20, 40, 30]);
    expect(alarms.metric('nothing', 'Average')).toBeUndefined();
  });
});

describe('an alarm that Auto Scaling makes', () => {
  it('is on the metric, the unit and the period of its policy', async () => {
    const alarm = {
      name: 'TargetTracking',
      description: '',
      comparison: 'above',
      threshold: 50,
      evaluationPeriods: 3,
      actions: [policy],
    } as const;
    const metric = { namespace: 'Test', name: 'Load', dimensions: {}, statistic: 'Average' } as const;
    const alarms = new ScalingAlarms(s.store);
    alarms.put({ ...alarm, metric });
    alarms.put({ ...alarm, name: 'fast', metric: { ...metric, unit: 'Percent', period: 10 } });
    const { MetricAlarms } = await s.client.describeAlarms({});
    expect(MetricAlarms).toMatchObject([
      { AlarmName: 'TargetTracking', Period: 60 },
      { AlarmName: 'fast', Period: 10, Unit: 'Percent' },
    ]);
  });
});
