import { accountId } from '../../support/account';
import type { Facts } from '../facts';
import type { Requirement } from '../requirement';
import { keyUse } from './key-use';
import type { Parameters } from './parameters';

/** `http://host/000000000000/tasks` → `arn:aws:sqs:us-east-2:000000000000:tasks` */
function queueArn(region: string, queueUrl: string): string {
  const [account = accountId, name = ''] = queueUrl.split('/').slice(-2);
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/**
 * What SQS does with a queue's key on behalf of who asks.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const usesOfKey = {
  SendMessage: ['GenerateDataKey', 'Decrypt'],
  ReceiveMessage: ['Decrypt'],
} as const;

const usesKey = (action: string): action is keyof typeof usesOfKey => action in usesOfKey;

/** What a call to SQS needs: a batch needs what its single action needs. */
export async function sqsRequirements(
  action: string,
  { region, text }: Parameters,
  facts: Facts,
): Promise<Requirement[] | undefined> {
  const single = action.replace(/Batch$/, '');
  const name = text('QueueName');
  if (action === 'GetQueueUrl' && name !== undefined) {
    return [{ action: 'sqs:GetQueueUrl', resource: `arn:aws:sqs:${region}:${accountId}:${name}` }];
  }
  const queueUrl = text('QueueUrl');
  if (queueUrl === undefined) {
    return undefined;
  }
  return onQueue(single, queueArn(region, queueUrl), facts);
}

async function onQueue(action: string, arn: string, facts: Facts): Promise<Requirement[]> {
  return [
    { action: `sqs:${action}`, resource: arn },
    ...(usesKey(action)
      ? keyUse(await facts.keys.ofTarget(arn), 'sqs', { 'aws:sqs:arn': arn }, usesOfKey[action])
      : []),
  ];
}

/**
 * What a call to SNS needs, of those on one topic.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export async function snsRequirements(
  action: string,
  { text }: Parameters,
  facts: Facts,
): Promise<Requirement[] | undefined> {
  const topicArn = text('TopicArn') ?? text('TargetArn');
  return topicArn === undefined ? undefined : onTopic(action.replace(/Batch$/, ''), topicArn, facts);
}

async function onTopic(action: string, arn: string, facts: Facts): Promise<Requirement[]> {
  const key = action === 'Publish' ? await facts.keys.ofTarget(arn) : undefined;
  return [
    { action: `sns:${action}`, resource: arn },
    ...keyUse(key, 'sns', { 'aws:sns:topicArn': arn }, ['GenerateDataKey', 'Decrypt']),
  ];
}

/** What sending to a topic or a queue needs. */
export async function sending(arn: string, facts: Facts): Promise<Requirement[]> {
  return arn.startsWith('arn:aws:sns:') ? onTopic('Publish', arn, facts) : onQueue('SendMessage', arn, facts);
}
