import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { cbor } from '@smithy/core/cbor';

import { AlarmsUnderTest, topic, visible } from './testing/alarms';

let s: AlarmsUnderTest;
beforeEach(async () => {
  s = await AlarmsUnderTest.start();
});
afterEach(() => s[Symbol.asyncDispose]());

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
