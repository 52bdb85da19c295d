import { Synthesized, statements } from '../testing/synthesized';
import { TaskQueue } from './task-queue';
import { UploadTopic } from './upload-topic';

const account = { region: 'us-east-2', accountId: '111122223333' };

const synthesize = () =>
  Synthesized.from((scope) => {
    const topic = new UploadTopic(scope, 'topic', {
      ...account,
      topicName: 'uploads',
      bucketArn: 'arn:aws:s3:::films',
    });
    const queue = new TaskQueue(scope, 'tasks', { ...account, queueName: 'tasks', topicArn: topic.arn });
    topic.subscribe(queue);
    return { topic, queue };
  });

describe('an upload topic', () => {
  it('lets the one bucket of the one account publish, over TLS only', () => {
    const stack = synthesize();
    const topicArn = stack.reference(stack.built.topic.arn);
    expect(statements(stack.one('aws_sns_topic_policy').policy)).toEqual({
      AllowBucket: {
        Sid: 'AllowBucket',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: topicArn,
        Condition: {
          ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::films' },
          StringEquals: { 'aws:SourceAccount': '111122223333' },
        },
      },
      DenyInsecureTransport: {
        Sid: 'DenyInsecureTransport',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: topicArn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    });
  });

  it('keeps what SNS could not deliver in a dead-letter queue of the subscription', () => {
    const stack = synthesize();
    const subscription = stack.one('aws_sns_topic_subscription');
    expect(subscription).toMatchObject({
      protocol: 'sqs',
      topic_arn: stack.reference(stack.built.topic.arn),
      endpoint: stack.reference(stack.built.queue.arn),
    });
    expect(subscription.redrive_policy).toMatch(
      /^\{"deadLetterTargetArn":"\$\{aws_sqs_queue\.topic_undelivered_\w+\.arn\}"\}$/,
    );
  });

  it('lets only the topic send to that queue, which keeps messages for 14 days, encrypted', () => {
    const stack = synthesize();
    const undelivered = stack.one('aws_sqs_queue', { name: 'tasks-undelivered' });
    expect(undelivered).toMatchObject({
      message_retention_seconds: 14 * 24 * 3600,
      sqs_managed_sse_enabled: true,
    });
    expect(statements(undelivered.policy)).toMatchObject({
      AllowTopic: {
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Condition: { ArnEquals: { 'aws:SourceArn': stack.reference(stack.built.topic.arn) } },
      },
      DenyInsecureTransport: { Effect: 'Deny' },
    });
  });
});
