import { SqsError } from '../testing/sqs-queue';
import { gate, rehearse } from '../testing/rehearsal';
import { until } from '../testing/until';
import { MessageLostError } from './errors';

describe('the visibility of messages', () => {
  it('is extended while they run and while they wait, ten in a call', async () => {
    const work = gate();
    await using r = await rehearse({
      concurrency: 10,
      prefetch: 10,
      visibilityTimeoutSeconds: 1,
      handler: () => work.passed,
    });
    for (let i = 0; i < 20; i += 1) r.queue.send({ body: `${i}` });
    r.consumer.start();
    await until('slots and buffer are full', () => r.consumer.running === 10 && r.consumer.buffered === 10);
    await until('they were extended twice', () => (r.server.calls.ChangeMessageVisibilityBatch ?? 0) >= 4);
    expect(r.queue.visible).toHaveLength(0);
    expect(r.server.calls.ChangeMessageVisibilityBatch).toBeLessThanOrEqual(6);
    work.open();
    await until('all are deleted', () => r.queue.deleted === 20);
    expect(r.told('started')).toHaveLength(20);
  });

  it('lost to someone else aborts the handler, and nothing is deleted', async () => {
    await using r = await rehearse({
      visibilityTimeoutSeconds: 1,
      handler: (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        }),
    });
    r.queue.entryFault = () => new SqsError('MessageNotInflight', 'not in flight');
    const sent = r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('the handler ended', () => r.told('finished').length === 1);
    expect(r.told('lost')).toMatchObject([{ message: { id: sent.id } }]);
    expect(r.told('finished')).toMatchObject([{ outcome: 'lost' }]);
    expect(r.server.calls.DeleteMessageBatch).toBeUndefined();
    await until('the queue hands it out again', () => r.told('started').length === 2);
  });

  it('survives extensions that fail for a while', async () => {
    const work = gate();
    await using r = await rehearse({ visibilityTimeoutSeconds: 2, handler: () => work.passed });
    let failures = 0;
    r.server.intercept = ({ action }) => {
      if (action !== 'ChangeMessageVisibilityBatch' || failures === 2) return undefined;
      failures += 1;
      return Promise.resolve('reset');
    };
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is extended', () => (r.server.calls.ChangeMessageVisibilityBatch ?? 0) === 3);
    expect(r.told('call-failed')).toMatchObject([{ call: 'extend' }, { call: 'extend' }]);
    work.open();
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(r.told('lost')).toHaveLength(0);
  });

  it('that cannot be extended before it ends counts as lost', async () => {
    const reasons: unknown[] = [];
    await using r = await rehearse({
      visibilityTimeoutSeconds: 1,
      handler: (_, { signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            resolve();
          });
        }),
    });
    r.server.intercept = ({ action }) =>
      action === 'ChangeMessageVisibilityBatch' ? Promise.resolve('reset') : undefined;
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is lost', () => r.told('lost').length === 1);
    expect(reasons[0]).toBeInstanceOf(MessageLostError);
    expect(String(reasons[0])).toContain('its visibility timeout is over');
  });

  it('ends at the limit of SQS: the task is aborted and sent to the dead-letter queue, saying so', async () => {
    await using r = await rehearse({
      visibilityTimeoutSeconds: 1,
      maxInvisibleSeconds: 2,
      sendsToDeadLetterQueue: true,
      handler: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new DOMException('aborted', 'AbortError'));
          });
        }),
    });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is in the dead-letter queue', () => r.deadLetterQueue.visible.length === 1);
    expect(r.deadLetterQueue.visible[0]?.attributes?.FailureReason?.StringValue).toBe(
      'VisibilityExhaustedError: the task needs longer than the 2 s that a message can stay invisible',
    );
  });
});
