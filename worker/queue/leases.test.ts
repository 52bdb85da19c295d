import { SqsError } from '../testing/sqs-queue';
import { gate, rehearse, startAndLose, startQuick } from '../testing/rehearsal';
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
    await startQuick(r);
    for (let i = 0; i < 20; i += 1) r.queue.send({ body: `${i}` });
    await until('slots and buffer are full', () => r.consumer.running === 10 && r.consumer.buffered >= 9);
    const waiting = r.queue.visible.length;
    await until('they were extended twice', () => (r.server.calls.ChangeMessageVisibilityBatch ?? 0) >= 4);
    expect(r.queue.visible).toHaveLength(waiting);
    expect(r.server.calls.ChangeMessageVisibilityBatch).toBeLessThanOrEqual(6);
    work.open();
    await until('all are deleted', () => r.queue.deleted === 21);
    expect(r.told('started')).toHaveLength(21);
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

  it('counts as lost when it ends while the extension has no answer', async () => {
    let reason: unknown;
    const silence = gate();
    await using r = await rehearse({
      visibilityTimeoutSeconds: 1,
      drainSeconds: 0,
      handler: (_, { signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            resolve();
          });
        }),
    });
    r.server.intercept = async ({ action }) => {
      if (action === 'ChangeMessageVisibilityBatch') await silence.passed;
      return undefined;
    };
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is lost', () => r.told('lost').length === 1);
    expect(String(reason)).toContain('its visibility timeout is over');
    expect(r.server.calls.ChangeMessageVisibilityBatch).toBe(1);
    silence.open();
  });

  it('lost while its handler heeds no abort: it runs here again only after that has ended', async () => {
    const ended = gate();
    let running = 0;
    let most = 0;
    await using r = await rehearse({
      visibilityTimeoutSeconds: 1,
      handler: async ({ receiveCount }) => {
        running += 1;
        most = Math.max(most, running);
        if (receiveCount === 1) await ended.passed;
        running -= 1;
      },
    });
    await startAndLose(r);
    await until('it is received again', () => r.consumer.buffered === 1);
    ended.open();
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(r.told('finished')).toMatchObject([{ outcome: 'lost' }, { outcome: 'done' }]);
    expect(most).toBe(1);
  });

  it('is used to its end: a task that fits into the limit of SQS is not aborted before', async () => {
    const startedAt = performance.now();
    let abortedAfter: number | undefined;
    await using r = await rehearse({
      visibilityTimeoutSeconds: 2,
      maxInvisibleSeconds: 2,
      handler: (_, { signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            abortedAfter = performance.now() - startedAt;
            resolve();
          });
        }),
    });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is aborted', () => abortedAfter !== undefined);
    expect(abortedAfter).toBeGreaterThan(1400);
    expect(r.server.calls.ChangeMessageVisibilityBatch).toBeUndefined();
  });

  it('ends at the limit of SQS: the task is aborted and sent to the dead-letter queue, saying so', async () => {
    await using r = await rehearse({
      visibilityTimeoutSeconds: 1,
      maxInvisibleSeconds: 3,
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
      'VisibilityExhaustedError: the task needs longer than the 3 s that a message can stay invisible',
    );
  });
});
