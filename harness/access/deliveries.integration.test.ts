import { DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { SetTopicAttributesCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';

import { guardedEdge } from './testing/guarded-edge';
import { alarmArn, allow, bucket, policy, queueArn, region, topicArn } from './testing/statements';

const s = guardedEdge();

const fromAlarms = allow('sns:Publish', topicArn, {
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
});

describe('what services deliver to each other', () => {
  const notify = (): Promise<unknown> =>
    s.admin.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: bucket,
        NotificationConfiguration: {
          TopicConfigurations: [{ TopicArn: topicArn, Events: ['s3:ObjectCreated:*'] }],
        },
      }),
    );
  const onTopic = (...statements: object[]): Promise<unknown> =>
    s.admin.sns.send(
      new SetTopicAttributesCommand({
        TopicArn: topicArn,
        AttributeName: 'Policy',
        AttributeValue: policy(...statements),
      }),
    );
  const fromBucket = (name: string): object =>
    allow('sns:Publish', topicArn, {
      Principal: { Service: 's3.amazonaws.com' },
      Condition: {
        ArnEquals: { 'aws:SourceArn': `arn:aws:s3:::${name}` },
        StringEquals: { 'aws:SourceAccount': '000000000000' },
      },
    });

  it('must be allowed by the topic before a bucket may be told to announce there', async () => {
    await onTopic(fromBucket('another'));
    await expect(notify()).rejects.toMatchObject({
      name: 'InvalidArgument',
      message: 'Unable to validate the following destination configurations',
    });
    await onTopic(fromBucket(bucket));
    await notify();
  });

  it('is checked after it was set up: what is missing is told by its name', async () => {
    await onTopic(fromBucket(bucket));
    await notify();
    await s.admin.sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn }));
    expect(await s.access.missingGrants()).toEqual([
      expect.stringContaining(
        `sns.amazonaws.com may not sqs:SendMessage on ${queueArn} for ${topicArn}`,
      ) as string,
    ]);
    const fromTopic = allow('sqs:SendMessage', queueArn, {
      Principal: { Service: 'sns.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
    });
    await s.admin.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: s.queueUrl, Attributes: { Policy: policy(fromTopic) } }),
    );
    expect(await s.access.missingGrants()).toEqual([]);
    await onTopic(fromBucket('another'));
    expect(await s.access.missingGrants()).toEqual([
      expect.stringContaining(`s3.amazonaws.com may not sns:Publish on ${topicArn}`) as string,
    ]);
    await onTopic(fromBucket(bucket));
  });

  it('is checked for alarms as well', async () => {
    const alarm = {
      AlarmName: 'backlog',
      Namespace: 'AWS/SQS',
      MetricName: 'Age',
      Statistic: 'Maximum',
    } as const;
    await s.admin.cloudWatch.send(
      new PutMetricAlarmCommand({
        ...alarm,
        AlarmActions: [topicArn, `arn:aws:autoscaling:${region}:000000000000:scalingPolicy:1:p`],
        OKActions: [topicArn],
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    expect(await s.access.missingGrants()).toEqual([
      `cloudwatch.amazonaws.com may not sns:Publish on ${topicArn} for ${alarmArn}: the resource's policy does not allow it.`,
    ]);
    await onTopic(fromBucket(bucket), fromAlarms);
    expect(await s.access.missingGrants()).toEqual([]);
    await s.admin.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ['backlog'] }));
  });
});
