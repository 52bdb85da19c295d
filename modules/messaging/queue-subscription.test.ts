import { Synthesized, statements } from '../testing/synthesized';
import { account, tiers } from '../testing/tiers';
import { QueueSubscription, type QueueSubscriptionProps } from './queue-subscription';

const topicArn = 'arn:aws:sns:us-east-2:111122223333:uploads';

const synthesize = (more: Partial<QueueSubscriptionProps> = {}) =>
  Synthesized.from((scope) => {
    const { queue } = tiers(scope);
    return {
      queue,
      subscription: new QueueSubscription(scope, 'subscription', { ...account, topicArn, queue, ...more }),
    };
  });

describe('the subscription of a queue', () => {
  it('sends what the topic announces to the queue, in the envelope of SNS', () => {
    const stack = synthesize();
    expect(stack.one('aws_sns_topic_subscription')).toMatchObject({
      protocol: 'sqs',
      topic_arn: topicArn,
      endpoint: stack.reference(stack.built.queue.arn),
      raw_message_delivery: false,
    });
  });

  it("sends S3's event as it is, when asked", () => {
    expect(synthesize({ rawMessageDelivery: true }).one('aws_sns_topic_subscription')).toMatchObject({
      raw_message_delivery: true,
    });
  });

  it('keeps what SNS could not deliver in a dead-letter queue of its own', () => {
    const stack = synthesize();
    expect(stack.one('aws_sns_topic_subscription').redrive_policy).toMatch(
      /^\{"deadLetterTargetArn":"\$\{aws_sqs_queue\.subscription_undelivered_\w+\.arn\}"\}$/,
    );
    expect(stack.built.subscription.metricUndelivered()).toMatchObject({
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: 'tasks-undelivered' },
    });
  });

  it('lets only the topic send to that queue, which keeps messages for 14 days, encrypted', () => {
    const undelivered = synthesize().one('aws_sqs_queue', { name: 'tasks-undelivered' });
    expect(undelivered).toMatchObject({
      message_retention_seconds: 14 * 24 * 3600,
      sqs_managed_sse_enabled: true,
    });
    expect(statements(undelivered.policy)).toMatchObject({
      AllowTopic: {
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
      DenyInsecureTransport: { Effect: 'Deny' },
    });
  });

  it('encrypts that queue by the key that is given', () => {
    expect(
      synthesize({ encryptionKeyArn: 'arn:key' }).one('aws_sqs_queue', { name: 'tasks-undelivered' }),
    ).toMatchObject({ kms_master_key_id: 'arn:key' });
  });
});
