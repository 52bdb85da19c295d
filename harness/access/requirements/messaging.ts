import { accountId } from '../../support/account';
import type { Facts } from '../facts';
import type { Requirement } from '../requirement';
import type { Parameters } from './parameters';

/** `http://host/000000000000/tasks` → `arn:aws:sqs:us-east-2:000000000000:tasks` */
function queueArn(region: string, queueUrl: string): string {
  const [account = accountId, name = ''] = queueUrl.split('/').slice(-2);
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/** What SQS does with a queue's customer-managed key on behalf of who asks. Source: SQS developer guide, «Key management». */
const keyUse: Readonly<Record<string, readonly string[]>> = {
  SendMessage: ['GenerateDataKey', 'Decrypt'],
  ReceiveMessage: ['Decrypt'],
};

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
  const uses = keyUse[single];
  const key = uses === undefined ? undefined : await facts.keyOfTarget(arn);
  return [
    { action: `sqs:${single}`, resource: arn },
    ...(key === undefined ? [] : (uses ?? []).map((use) => ({ action: `kms:${use}`, resource: key }))),
  ];
}

/** What a call to SNS needs, of those on one topic. */
export function snsRequirements(action: string, { text }: Parameters): Requirement[] | undefined {
  const topicArn = text('TopicArn') ?? text('TargetArn');
  const single = action.replace(/Batch$/, '');
  return topicArn === undefined ? undefined : [{ action: `sns:${single}`, resource: topicArn }];
}
