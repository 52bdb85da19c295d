import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { CloudWatch, type MetricAlarm, type PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { cbor } from '@smithy/core/cbor';

import { actionOf } from '../../edge/call';
import { NotificationsInMemory } from '../autoscaling/testing/notifications';
import { HandClock } from '../testing/clock';
import { AlarmActions } from './alarm-actions';
import { AlarmStore } from './alarm-store';
import { AlarmEvaluator } from './evaluator';
import { distributionOf } from './metrics/distribution';
import { MetricStore } from './metrics/store';
import { ScalingAlarms } from './scaling-alarms';
import { alarmService } from './service';

const visibleMessages = {
  namespace: 'AWS/SQS',
  name: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName: 'tasks' },
};
const topic = 'arn:aws:sns:us-east-2:000000000000:alarms';
const policy =
  'arn:aws:autoscaling:us-east-2:000000000000:scalingPolicy:1:autoScalingGroupName/g:policyName/p';

const visible = {
  AlarmName: 'backlog',
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: 'tasks' }],
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
} as const satisfies PutMetricAlarmInput;

/** Alarms behind CloudWatch's API, with the real SDK client in front and time in the test's hands. */
class AlarmsUnderTest {
  readonly clock: HandClock;
  readonly metrics: MetricStore;
  readonly store: AlarmStore;
  readonly notifications = new NotificationsInMemory();
  readonly evaluator: AlarmEvaluator;
  readonly client: CloudWatch;

  private constructor(
    readonly endpoint: string,
    private readonly stop: () => Promise<void>,
    handle: (under: AlarmsUnderTest) => void,
    factor: number,
  ) {
    this.clock = new HandClock(factor);
    this.metrics = new MetricStore(this.clock);
    this.store = new AlarmStore({ accountId: '000000000000', region: 'us-east-2' }, this.clock);
    const actions = new AlarmActions(this.store, this.notifications);
    this.evaluator = new AlarmEvaluator(this.store, this.metrics, actions, this.clock);
    this.client = new CloudWatch({
      endpoint,
      region: 'us-east-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    handle(this);
  }

  static async start(factor = 1): Promise<AlarmsUnderTest> {
    let service: ReturnType<typeof alarmService> | undefined;
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) {
          chunks.push(chunk);
        }
        const body = Buffer.concat(chunks);
        const { headers, url: path = '/' } = request;
        await service?.answer({ headers, path, action: actionOf(request, body) }, body, response);
      })();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AlarmsUnderTest(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async () => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
      (under) => {
        service = alarmService(under.store, new AlarmActions(under.store, under.notifications));
      },
      factor,
    );
  }

  /** So many messages are in the queue for a period of 60 s; then the alarms are evaluated. */
  async minute(messages: number | undefined): Promise<void> {
    if (messages !== undefined) {
      this.metrics.put(visibleMessages, distributionOf(messages), 'Count');
    }
    this.clock.pass(this.clock.lasts(60) / 1_000);
    await this.evaluator.evaluate();
  }

  async alarm(name = 'backlog'): Promise<MetricAlarm> {
    const { MetricAlarms } = await this.client.describeAlarms({ AlarmNames: [name] });
    return MetricAlarms![0]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    await this.stop();
  }
}

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

describe('the API', () => {
  it('keeps the tags that an alarm is created with, and changes them when it is told to', async () => {
    await s.client.putMetricAlarm({ ...visible, Tags: [{ Key: 'Stage', Value: 'lab' }] });
    const ResourceARN = (await s.alarm()).AlarmArn!;
    await s.client.putMetricAlarm({ ...visible, Threshold: 20, Tags: [{ Key: 'Stage', Value: 'other' }] });
    await s.client.tagResource({ ResourceARN, Tags: [{ Key: 'Owner', Value: 'me' }] });
    expect((await s.client.listTagsForResource({ ResourceARN })).Tags).toEqual([
      { Key: 'Stage', Value: 'lab' },
      { Key: 'Owner', Value: 'me' },
    ]);
    await s.client.untagResource({ ResourceARN, TagKeys: ['Stage'] });
    expect((await s.client.listTagsForResource({ ResourceARN })).Tags).toEqual([
      { Key: 'Owner', Value: 'me' },
    ]);
    expect((await s.alarm()).Threshold).toBe(20);
  });

  it('finds alarms by prefix, state, action and metric, and cuts pages', async () => {
    for (const AlarmName of ['a-1', 'a-2', 'b-1']) {
      await s.client.putMetricAlarm({ ...visible, AlarmName, AlarmActions: [topic] });
    }
    const names = ({ MetricAlarms }: { MetricAlarms?: MetricAlarm[] | undefined }): unknown[] =>
      MetricAlarms!.map(({ AlarmName }) => AlarmName);
    expect(names(await s.client.describeAlarms({ AlarmNamePrefix: 'a-' }))).toEqual(['a-1', 'a-2']);
    expect(names(await s.client.describeAlarms({ StateValue: 'ALARM' }))).toEqual([]);
    expect(names(await s.client.describeAlarms({ ActionPrefix: 'arn:aws:sns' }))).toHaveLength(3);
    expect(names(await s.client.describeAlarms({ ActionPrefix: 'arn:aws:lambda' }))).toEqual([]);
    expect(names(await s.client.describeAlarms({ AlarmTypes: ['CompositeAlarm'] }))).toEqual([]);
    const { Namespace, MetricName, Dimensions } = visible;
    const metric = { Namespace, MetricName, Dimensions: [...Dimensions] };
    expect(names(await s.client.describeAlarmsForMetric(metric))).toHaveLength(3);
    expect(names(await s.client.describeAlarmsForMetric({ ...metric, Period: 300 }))).toEqual([]);
    const first = await s.client.describeAlarms({ MaxRecords: 2 });
    expect(names(await s.client.describeAlarms({ MaxRecords: 2, NextToken: first.NextToken }))).toEqual([
      'b-1',
    ]);
  });

  it.each<[string, object, string]>([
    ['a period of no length', { Period: 45 }, 'it must be 10, 20, 30 or a multiple of 60 seconds'],
    ['more than a day', { EvaluationPeriods: 1441 }, 'Metrics cannot be checked across more than a day'],
    ['no period', { EvaluationPeriods: 0 }, "Value '0' at 'evaluationPeriods'"],
    ['more data points than periods', { DatapointsToAlarm: 2 }, 'it must be from 1 to EvaluationPeriods (1)'],
    [
      'an operator that there is not',
      { ComparisonOperator: 'Equals' },
      "Value 'Equals' at 'comparisonOperator'",
    ],
    [
      'missing data taken for what they cannot be',
      { TreatMissingData: 'zero' },
      'Option zero is not supported',
    ],
    ['no threshold', { Threshold: undefined }, 'The parameter Threshold is required'],
    ['an action that is no ARN', { AlarmActions: ['nowhere'] }, 'Invalid arn syntax: nowhere'],
    ['no statistic', { Statistic: undefined }, 'Exactly one of Statistic and ExtendedStatistic'],
    ['two statistics', { ExtendedStatistic: 'p95' }, 'Exactly one of Statistic and ExtendedStatistic'],
    ['no metric', { MetricName: undefined, Statistic: undefined }, 'An alarm needs MetricName and Namespace'],
    ['reserved tags', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'reserved: aws:x'],
    ['an anomaly', { ThresholdMetricId: 'ad1' }, 'anomaly detection is not done by the local emulation'],
  ])('refuses %s', async (_what, wrong, message) => {
    await expect(s.client.putMetricAlarm({ ...visible, ...wrong })).rejects.toThrow(message);
    expect((await s.client.describeAlarms({})).MetricAlarms).toEqual([]);
  });

  it('deletes alarms, keeps their history, and knows those that are gone no more', async () => {
    await s.client.putMetricAlarm(visible);
    await s.client.deleteAlarms({ AlarmNames: ['backlog'] });
    expect((await s.client.describeAlarms({})).MetricAlarms).toEqual([]);
    const { AlarmHistoryItems } = await s.client.describeAlarmHistory({ AlarmName: 'backlog' });
    expect(AlarmHistoryItems![0]!.HistorySummary).toBe('Alarm "backlog" deleted');
    await expect(s.client.deleteAlarms({ AlarmNames: ['backlog'] })).rejects.toMatchObject({
      name: 'ResourceNotFound',
      message: 'Alarm backlog does not exist',
    });
  });

  it('answers the query protocol, which Terraform speaks', async () => {
    const call = async (form: Record<string, string>): Promise<string> =>
      (
        await fetch(s.endpoint, {
          method: 'POST',
          body: new URLSearchParams({ Version: '2010-08-01', ...form }),
        })
      ).text();
    await call({
      Action: 'PutMetricAlarm',
      AlarmName: 'by-query',
      Namespace: 'N',
      MetricName: 'M',
      'Dimensions.member.1.Name': 'D',
      'Dimensions.member.1.Value': 'V',
      Statistic: 'Sum',
      Period: '60',
      EvaluationPeriods: '2',
      Threshold: '1.5',
      ComparisonOperator: 'LessThanThreshold',
      'Tags.member.1.Key': 'K',
      'Tags.member.1.Value': 'V',
    });
    expect(await s.alarm('by-query')).toMatchObject({
      Dimensions: [{ Name: 'D', Value: 'V' }],
      Threshold: 1.5,
      EvaluationPeriods: 2,
    });
    expect(await call({ Action: 'DescribeAlarms' })).toContain('<MetricAlarms><member>');
    expect(await call({ Action: 'DeleteAlarms', 'AlarmNames.member.1': 'x' })).toContain(
      '<Code>ResourceNotFound</Code><Message>Alarm x does not exist</Message>',
    );
  });

  it('answers CBOR, which the AWS CLI speaks', async () => {
    const call = async (action: string, input: object): Promise<[Response, unknown]> => {
      const response = await fetch(
        `${s.endpoint}/service/GraniteServiceVersion20100801/operation/${action}`,
        {
          method: 'POST',
          headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
          body: Buffer.from(cbor.serialize(input)),
        },
      );
      const body = new Uint8Array(await response.arrayBuffer());
      return [response, body.length === 0 ? undefined : (cbor.deserialize(body) as unknown)];
    };
    const [put] = await call('PutMetricAlarm', visible);
    expect(put.status).toBe(200);
    const [, described] = await call('DescribeAlarms', { AlarmNames: ['backlog'] });
    expect(described).toMatchObject({ MetricAlarms: [{ AlarmName: 'backlog', Threshold: 10, Period: 60 }] });
    const [failed, error] = await call('DeleteAlarms', { AlarmNames: ['x'] });
    expect(failed.status).toBe(404);
    expect(failed.headers.get('x-amzn-query-error')).toBe('ResourceNotFound;Sender');
    expect(error).toMatchObject({ __type: 'ResourceNotFound', message: 'Alarm x does not exist' });
    const [unreadable] = await call('DescribeAlarms', { AlarmNames: [1] });
    expect(unreadable.status).toBeLessThan(500);
  });

  it('answers what it cannot read, or lacks, with the error that says so', async () => {
    const call = async (body: string): Promise<unknown> =>
      (
        await fetch(s.endpoint, {
          method: 'POST',
          headers: { 'x-amz-target': 'GraniteServiceVersion20100801.PutMetricAlarm' },
          body,
        })
      ).json();
    expect(await call('{"AlarmName":')).toMatchObject({ __type: 'SerializationException' });
    expect(await call('{}')).toMatchObject({
      __type: 'ValidationError',
      message: expect.stringContaining("Value null at 'alarmName' failed to satisfy constraint") as string,
    });
  });
});
