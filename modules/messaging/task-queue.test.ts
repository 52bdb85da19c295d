import type { PolicyStatement } from '../policy-document';
import { Synthesized, statements } from '../testing/synthesized';
import { TaskQueue, type TaskQueueProps } from './task-queue';

const props: TaskQueueProps = {
  queueName: 'tasks',
  topicArn: 'arn:aws:sns:us-east-2:111122223333:uploads',
  region: 'us-east-2',
  accountId: '111122223333',
};
const arn = 'arn:aws:sqs:us-east-2:111122223333:tasks';

const synthesize = (more: Partial<TaskQueueProps> = {}): Synthesized<TaskQueue> =>
  Synthesized.from((scope) => new TaskQueue(scope, 'tasks', { ...props, ...more }));

const granted = (more: Partial<TaskQueueProps>, method: 'grantConsume' | 'grantSend'): PolicyStatement[] => {
  const all: PolicyStatement[] = [];
  synthesize(more).built[method]({ grant: (...statements) => all.push(...statements) });
  return all;
};

describe('a task queue', () => {
  it('has its policy and its redrive in itself, where no further resource waits for the provider', () => {
    expect(synthesize().types).toEqual(['aws_sqs_queue']);
  });

  it('takes messages from its topic only, and over TLS only', () => {
    expect(statements(synthesize().one('aws_sqs_queue', { name: 'tasks' }).policy)).toEqual({
      AllowTopic: {
        Sid: 'AllowTopic',
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn,
        Condition: { ArnEquals: { 'aws:SourceArn': props.topicArn } },
      },
      DenyInsecureTransport: {
        Sid: 'DenyInsecureTransport',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: arn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    });
  });

  it('moves a task to the dead-letter queue after five receipts', () => {
    const stack = synthesize();
    expect(JSON.parse(String(stack.one('aws_sqs_queue', { name: 'tasks' }).redrive_policy))).toEqual({
      deadLetterTargetArn: stack.reference(stack.built.deadLetterQueueArn),
      maxReceiveCount: 10,
    });
  });

  it('moves a task after as many receipts as are asked for', () => {
    const queue = synthesize({ maxReceiveCount: 2 }).one('aws_sqs_queue', { name: 'tasks' });
    expect(JSON.parse(String(queue.redrive_policy))).toMatchObject({ maxReceiveCount: 2 });
  });

  it('keeps dead letters 14 days, and lets no other queue send its own there', () => {
    const letters = synthesize().one('aws_sqs_queue', { name: 'tasks-dlq' });
    expect(letters.message_retention_seconds).toBe(14 * 24 * 3600);
    expect(JSON.parse(String(letters.redrive_allow_policy))).toEqual({
      redrivePermission: 'byQueue',
      sourceQueueArns: [arn],
    });
    expect(statements(letters.policy)).toMatchObject({
      DenyInsecureTransport: { Effect: 'Deny', Resource: `${arn}-dlq` },
    });
  });

  it('encrypts both queues and waits long for messages', () => {
    const stack = synthesize();
    expect(stack.all('aws_sqs_queue').map((queue) => queue.sqs_managed_sse_enabled)).toEqual([true, true]);
    expect(stack.one('aws_sqs_queue', { name: 'tasks' }).receive_wait_time_seconds).toBe(20);
  });

  it('hides a received task for a minute', () => {
    const stack = synthesize();
    expect(stack.built.visibilityTimeoutSeconds).toBe(60);
    expect(stack.one('aws_sqs_queue', { name: 'tasks' }).visibility_timeout_seconds).toBe(60);
  });

  it('hides a received task as long as the longest task takes', () => {
    const stack = synthesize({ longestTaskSeconds: 1800 });
    expect(stack.built.longestTaskSeconds).toBe(1800);
    expect(stack.one('aws_sqs_queue', { name: 'tasks' }).visibility_timeout_seconds).toBe(1800);
  });

  it('is encrypted by the key that is given, both queues', () => {
    const queues = synthesize({ encryptionKeyArn: 'arn:key' }).all('aws_sqs_queue');
    expect(queues.map((queue) => queue.kms_master_key_id)).toEqual(['arn:key', 'arn:key']);
    expect(queues.map((queue) => queue.sqs_managed_sse_enabled)).toEqual([undefined, undefined]);
  });

  it('may be destroyed', () => {
    expect(
      synthesize()
        .all('aws_sqs_queue')
        .map((queue) => queue.lifecycle),
    ).toEqual([undefined, undefined]);
  });

  it('makes a plan fail that would destroy a queue, when asked', () => {
    const queues = synthesize({ preventDestroy: true }).all('aws_sqs_queue');
    expect(queues.map((queue) => queue.lifecycle)).toEqual([
      { prevent_destroy: true },
      { prevent_destroy: true },
    ]);
  });

  it('grants the use of its key to whoever works on its tasks, where it has one', () => {
    const sids = (more: Partial<TaskQueueProps>): string[] =>
      granted(more, 'grantConsume').map(({ Sid }) => Sid);
    expect(sids({})).toEqual(['WorkOnTasks', 'GiveUpOnTasks']);
    expect(sids({ encryptionKeyArn: 'arn:key' })).toEqual([
      'WorkOnTasks',
      'GiveUpOnTasks',
      'ReadEncryptedTasks',
    ]);
  });

  it('grants to send tasks, and the use of its key where it has one', () => {
    const send = expect.objectContaining({ Sid: 'SendTasks', Action: 'sqs:SendMessage' }) as unknown;
    expect(granted({}, 'grantSend')).toEqual([send]);
    expect(granted({ encryptionKeyArn: 'arn:key' }, 'grantSend')).toEqual([
      send,
      { Sid: 'EncryptTasks', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: 'arn:key' },
    ]);
  });

  it('knows its metrics', () => {
    const { built } = synthesize();
    expect(built.metricAgeOfOldestTask()).toEqual({
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: 'tasks' },
      statistic: 'Maximum',
      period: 60,
    });
    expect(built.metricDone({ period: 300 })).toMatchObject({
      metricName: 'NumberOfMessagesDeleted',
      statistic: 'Sum',
      period: 300,
    });
    expect(built.metricDeadLetters()).toMatchObject({ dimensions: { QueueName: 'tasks-dlq' } });
  });

  it('hides a received task as long as asked', () => {
    const stack = synthesize({ visibilityTimeoutSeconds: 900, longestTaskSeconds: 7200 });
    expect(stack.built.visibilityTimeoutSeconds).toBe(900);
    expect(stack.one('aws_sqs_queue', { name: 'tasks' }).visibility_timeout_seconds).toBe(900);
  });

  it.each<[string, Partial<TaskQueueProps>, string]>([
    ['a FIFO queue', { queueName: 'tasks.fifo' }, 'cannot deliver to a FIFO queue'],
    ['a task of more than 12 hours', { longestTaskSeconds: 43_201 }, 'divide longer tasks'],
    ['no receipt at all', { maxReceiveCount: 0 }, 'maxReceiveCount is 0; it must be a whole number from 1'],
    ['a timeout beyond 12 hours', { visibilityTimeoutSeconds: 43_201 }, 'from 1 to 43200 (12 hours)'],
  ])('refuses %s', (_, more, message) => {
    expect(() => synthesize(more)).toThrow(message);
  });
});
