import { paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { GetBucketNotificationConfigurationCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetSubscriptionAttributesCommand, paginateListSubscriptions } from '@aws-sdk/client-sns';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

import type { Clients } from './clients';
import type { Facts } from './facts';
import type { Judge } from './judge';
import { sending } from './requirements/messaging';

/** Something that a service of AWS delivers on behalf of a resource, where the edge sees no call of its. */
interface Delivery {
  readonly service: 's3.amazonaws.com' | 'sns.amazonaws.com' | 'cloudwatch.amazonaws.com';
  /** ARN of the bucket, the topic or the alarm. */
  readonly from: string;
  /** ARN of the topic or the queue. */
  readonly to: string;
}

async function bucketDeliveries({ s3 }: Clients): Promise<Delivery[]> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const ofBuckets = await Promise.all(
    Buckets.map(async ({ Name: Bucket = '' }) => {
      const { TopicConfigurations = [], QueueConfigurations = [] } = await s3.send(
        new GetBucketNotificationConfigurationCommand({ Bucket }),
      );
      const targets = [
        ...TopicConfigurations.map(({ TopicArn }) => TopicArn),
        ...QueueConfigurations.map(({ QueueArn }) => QueueArn),
      ];
      return targets.map((to = ''): Delivery => ({
        service: 's3.amazonaws.com',
        from: bucketArn(Bucket),
        to,
      }));
    }),
  );
  return ofBuckets.flat();
}

const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;

const redrive = z.object({ deadLetterTargetArn: z.string() });

/** What SNS cannot deliver it sends to the subscription's dead-letter queue, as the same topic. */
async function subscriptionDeliveries({ sns }: Clients): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  for await (const { Subscriptions = [] } of paginateListSubscriptions({ client: sns }, {})) {
    for (const { SubscriptionArn, TopicArn: from = '', Protocol, Endpoint: to = '' } of Subscriptions) {
      // An address that has not been confirmed gets nothing, and has no ARN to ask by.
      if (SubscriptionArn === 'PendingConfirmation') {
        continue;
      }
      const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      const policy = Attributes?.RedrivePolicy;
      const targets = [
        ...(Protocol === 'sqs' ? [to] : []),
        ...(policy === undefined ? [] : [redrive.parse(JSON.parse(policy)).deadLetterTargetArn]),
      ];
      deliveries.push(
        ...targets.map((target) => ({ service: 'sns.amazonaws.com', from, to: target }) as const),
      );
    }
  }
  return deliveries;
}

/** Alarms tell topics only; what else they do is no delivery. */
async function alarmDeliveries({ cloudWatch }: Clients): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  const pages = paginateDescribeAlarms(
    { client: cloudWatch },
    { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
  );
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
    for (const alarm of [...MetricAlarms, ...CompositeAlarms]) {
      const { AlarmArn: from = '', AlarmActions, OKActions, InsufficientDataActions } = alarm;
      const actions = new Set(
        [AlarmActions, OKActions, InsufficientDataActions].flatMap((some) => some ?? []),
      );
      const topics = [...actions].filter((action) => action.startsWith('arn:aws:sns:'));
      deliveries.push(...topics.map((to) => ({ service: 'cloudwatch.amazonaws.com', from, to }) as const));
    }
  }
  return deliveries;
}

/** Which grants are missing for what buckets, topics and alarms are told to deliver, one sentence each. */
export async function missingGrants(clients: Clients, facts: Facts, judge: Judge): Promise<string[]> {
  const missing: string[] = [];
  const deliveries = [
    ...(await bucketDeliveries(clients)),
    ...(await subscriptionDeliveries(clients)),
    ...(await alarmDeliveries(clients)),
  ];
  for (const { service, from, to } of deliveries) {
    for (const requirement of await sending(to, facts)) {
      if (!(await judge.allows({ kind: 'service', name: service, sourceArn: from }, requirement))) {
        missing.push(
          `${service} may not ${requirement.action} on ${requirement.resource} for ${from}: the resource's policy does not allow it.`,
        );
      }
    }
  }
  return missing;
}

const notification = z.object({
  NotificationConfiguration: z.preprocess(
    (value) => (value === '' ? {} : value),
    z.object({
      TopicConfiguration: z.array(z.object({ Topic: z.string() })).default([]),
      QueueConfiguration: z.array(z.object({ Queue: z.string() })).default([]),
    }),
  ),
});

const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => /^(Topic|Queue)Configuration$/.test(name),
});

/** Whether S3 may deliver to every destination of a notification configuration that is about to be put. */
export async function mayNotify(facts: Facts, judge: Judge, bucket: string, body: Buffer): Promise<boolean> {
  const { NotificationConfiguration } = notification.parse(parser.parse(body.toString('utf8')));
  const targets = [
    ...NotificationConfiguration.TopicConfiguration.map(({ Topic }) => Topic),
    ...NotificationConfiguration.QueueConfiguration.map(({ Queue }) => Queue),
  ];
  const principal = { kind: 'service', name: 's3.amazonaws.com', sourceArn: bucketArn(bucket) } as const;
  for (const to of targets) {
    for (const requirement of await sending(to, facts)) {
      if (!(await judge.allows(principal, requirement))) {
        return false;
      }
    }
  }
  return true;
}
