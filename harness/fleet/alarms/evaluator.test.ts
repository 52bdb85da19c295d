import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';

import { distributionOf } from './metrics/distribution';
import { AlarmsUnderTest, visible, visibleMessages } from './testing/alarms';

let s: AlarmsUnderTest;
beforeEach(async () => {
  s = await AlarmsUnderTest.start();
});
afterEach(() => s[Symbol.asyncDispose]());

describe('an alarm on a metric', () => {
  it('begins without data, alarms when the metric breaches, and is OK when it does no more, as CloudWatch words it', async () => {
    await s.client.putMetricAlarm(visible);
    expect(await s.alarm()).toMatchObject({
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
    });
    await s.minute(35);
    const alarm = await s.alarm();
    expect(alarm.StateValue).toBe('ALARM');
    expect(alarm.StateReason).toBe(
      'Threshold Crossed: 1 out of the last 1 datapoints [35.0 (24/11/26 10:00:00)] was greater than the threshold (10.0) (minimum 1 datapoint for OK -> ALARM transition).',
    );
    expect(JSON.parse(alarm.StateReasonData!)).toMatchObject({
      version: '1.0',
      queryDate: '2026-11-24T10:01:00.000+0000',
      startDate: '2026-11-24T10:00:00.000+0000',
      statistic: 'Maximum',
      period: 60,
      recentDatapoints: [35],
      threshold: 10,
      evaluatedDatapoints: [{ timestamp: '2026-11-24T10:00:00.000+0000', sampleCount: 1, value: 35 }],
    });
    await s.minute(10);
    expect((await s.alarm()).StateReason).toContain('was not greater than the threshold (10.0)');
    expect((await s.alarm()).StateValue).toBe('OK');
  });

  it('waits for as many breaching periods as it is told', async () => {
    await s.client.putMetricAlarm({ ...visible, EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    await s.minute(0);
    await s.minute(11);
    expect((await s.alarm()).StateValue).toBe('OK');
    await s.minute(0);
    expect((await s.alarm()).StateValue).toBe('OK');
    await s.minute(11);
    expect((await s.alarm()).StateValue).toBe('ALARM');
    expect((await s.alarm()).StateReason).toContain('2 out of the last 3 datapoints');
  });

  it('says what missing data were taken for', async () => {
    await s.client.putMetricAlarm({ ...visible, TreatMissingData: 'breaching', EvaluationPeriods: 2 });
    await s.minute(undefined);
    expect(await s.alarm()).toMatchObject({
      StateValue: 'ALARM',
      StateReason:
        'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].',
    });
  });

  it('on what SQS counts waits until the counts of a period have come', async () => {
    const sent = { MetricName: 'NumberOfMessagesSent', Statistic: 'Sum' } as const;
    await s.client.putMetricAlarm({ ...visible, ...sent });
    const metric = { namespace: 'AWS/SQS', name: sent.MetricName, dimensions: { QueueName: 'tasks' } };
    const second = s.clock.now();
    s.clock.pass(62);
    await s.evaluator.evaluate();
    s.metrics.record(metric, second, { count: 1, sum: 11, min: 11, max: 11, values: undefined });
    s.clock.pass(0.5);
    await s.evaluator.evaluate();
    expect((await s.alarm()).StateValue).toBe('ALARM');
  });

  it('goes by compressed time, with the periods of production', async () => {
    await using compressed = await AlarmsUnderTest.start(20);
    await compressed.client.putMetricAlarm(visible);
    compressed.metrics.put(visibleMessages, distributionOf(11), 'Count');
    compressed.clock.pass(2.5);
    await compressed.evaluator.evaluate();
    expect((await compressed.alarm()).StateValue).toBe('INSUFFICIENT_DATA');
    compressed.clock.pass(0.5);
    await compressed.evaluator.evaluate();
    expect(await compressed.alarm()).toMatchObject({ StateValue: 'ALARM', Period: 60 });
  });
});

describe('an alarm on metric math', () => {
  const stat = (Id: string, Namespace: string, MetricName: string, dimension: [string, string]) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace, MetricName, Dimensions: [{ Name: dimension[0], Value: dimension[1] }] },
      Period: 60,
      Stat: 'Maximum',
    },
  });
  const backlogPerInstance = {
    AlarmName: 'backlog',
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
    Metrics: [
      { Id: 'backlog', Expression: 'visible / FILL(inservice, 1)', Label: 'Backlog per instance' },
      stat('visible', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', ['QueueName', 'tasks']),
      stat('inservice', 'AWS/AutoScaling', 'GroupInServiceInstances', ['AutoScalingGroupName', 'workers']),
    ],
  } as const satisfies PutMetricAlarmInput;

  it('compares the expression: the backlog for each instance of a group', async () => {
    await s.client.putMetricAlarm(backlogPerInstance);
    const instances = (count: number): void => {
      const dimensions = { AutoScalingGroupName: 'workers' };
      const metric = { namespace: 'AWS/AutoScaling', name: 'GroupInServiceInstances', dimensions };
      s.metrics.put(metric, distributionOf(count), 'None');
    };
    instances(4);
    await s.minute(40);
    expect((await s.alarm()).StateValue).toBe('OK');
    instances(2);
    await s.minute(40);
    expect(await s.alarm()).toMatchObject({ StateValue: 'ALARM', Metrics: backlogPerInstance.Metrics });
    expect((await s.alarm()).StateReason).toContain('[20.0 (24/11/26 10:01:00)]');
  });

  it.each([
    ['visible / nothing', "There is no metric or expression 'nothing'"],
    ['SEARCH("x", "Sum")', 'The function SEARCH is not done by the local emulation'],
    ['METRICS()', 'An alarm needs one time series, not several time series'],
    ['visible +', 'ends too early'],
    ['backlog + 1', 'The expressions backlog need each other'],
  ])('is refused at once when its expression can never be evaluated: %s', async (Expression, message) => {
    const [first, ...others] = backlogPerInstance.Metrics;
    await expect(
      s.client.putMetricAlarm({ ...backlogPerInstance, Metrics: [{ ...first, Expression }, ...others] }),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as string,
    });
  });
});
