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
  const arn = queueArn(region, queueUrl);
  return [
    { action: `sqs:${single}`, resource: arn },
    ...(usesKey(single)
      ? keyUse(await facts.keys.ofTarget(arn), 'sqs', { 'aws:sqs:arn': arn }, usesOfKey[single])
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
  const single = action.replace(/Batch$/, '');
  if (topicArn === undefined) {
    return undefined;
  }
  const key = single === 'Publish' ? await facts.keys.ofTarget(topicArn) : undefined;
  return [
    { action: `sns:${single}`, resource: topicArn },
    ...keyUse(key, 'sns', { 'aws:sns:topicArn': topicArn }, ['GenerateDataKey', 'Decrypt']),
  ];
}
