import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, type SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';

import type { Rights, Sender } from './rights';

/** What is sent to an SNS topic or an SQS queue. */
export interface Notification {
  readonly sender: Sender;
  readonly targetArn: string;
  readonly subject: string;
  readonly message: object;
}

/** What Auto Scaling and alarms need of SNS and SQS. */
export interface NotificationGateway {
  /** @throws Error when the target takes no message, or not from this sender. */
  send(notification: Notification): Promise<void>;
}

/** SNS and SQS by their own APIs, through the edge. */
export class SnsSqsGateway implements NotificationGateway {
  constructor(
    private readonly sns: SNSClient,
    private readonly sqs: SQSClient,
    private readonly rights: Rights,
  ) {}

  async send({ sender, targetArn, subject, message }: Notification): Promise<void> {
    await this.rights.checkSend(sender, targetArn);
    const [, , service, , , name] = targetArn.split(':');
    const text = JSON.stringify(message);
    if (service === 'sqs') {
      const { QueueUrl } = await this.sqs.send(new GetQueueUrlCommand({ QueueName: name }));
      await this.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: text }));
    } else {
      await this.sns.send(new PublishCommand({ TopicArn: targetArn, Subject: subject, Message: text }));
    }
  }
}
