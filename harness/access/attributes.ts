import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';

import { unlessAbsent } from './absent';
import type { Clients } from './clients';

/** An attribute of the topic or queue that an ARN names; `undefined` where there is none of them. */
export async function attributeOf(
  { sns, sqs }: Clients,
  arn: string,
  name: 'KmsMasterKeyId' | 'Policy',
): Promise<string | undefined> {
  if (arn.startsWith('arn:aws:sns:')) {
    const topic = await unlessAbsent(sns.send(new GetTopicAttributesCommand({ TopicArn: arn })));
    return topic?.Attributes?.[name];
  }
  const queue = await unlessAbsent(sqs.send(new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) })));
  if (queue === undefined) {
    return undefined;
  }
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queue.QueueUrl, AttributeNames: [name] }),
  );
  return Attributes?.[name];
}
