import { SqsError } from '../testing/sqs-queue';
import { gate, rehearse, startAndLose } from '../testing/rehearsal';
import { until } from '../testing/until';
import { describeCallError } from './call-errors';
import { NonRetryableError } from './errors';

describe('a handler that fails', () => {
  it('gets its message again after a backoff', async () => {
    const counts: number[] = [];
    await using r = await rehearse({
      handler: ({ receiveCount }) => {
        counts.push(receiveCount);
        return receiveCount === 1 ? Promise.reject(new Error('try again')) : Promise.resolve();
      },
    });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(counts).toEqual([1, 2]);
    expect(r.told('finished')).toMatchObject([
      { outcome: 'retried', retryInSeconds: 1 },
      { outcome: 'done' },
    ]);
  });

  it('with a non-retryable error sends it to the dead-letter queue with the reason, and deletes it', async () => {
    await using r = await rehearse({
      sendsToDeadLetterQueue: true,
      handler: () => Promise.reject(new NonRetryableError('the file is broken')),
    });
    const sent = r.queue.send({ body: 'x', attributes: { a: { DataType: 'String', StringValue: 'b' } } });
    r.consumer.start();
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(r.deadLetterQueue.visible).toMatchObject([
      {
        body: 'x',
        attributes: {
          a: { StringValue: 'b' },
          FailureReason: { StringValue: 'NonRetryableError: the file is broken' },
          OriginalMessageId: { StringValue: sent.id },
        },
      },
    ]);
  });

  it('tells the reason in characters and attributes that SQS takes', async () => {
    await using r = await rehearse({
      sendsToDeadLetterQueue: true,
      handler: () =>
        Promise.reject(new NonRetryableError(`a\u0001b \ufffe\uffff\ud800 \u{1f600} ${'x'.repeat(2_000)}`)),
    });
    const attributes = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'b' }]),
    );
    r.queue.send({ body: 'x', attributes });
    r.consumer.start();
    await until('it is deleted', () => r.queue.deleted === 1);
    const sent = r.deadLetterQueue.visible[0]!.attributes!;
    expect(Object.keys(sent)).toHaveLength(10);
    expect(sent.FailureReason!.StringValue).toMatch(
      /^NonRetryableError: a\\u0001b \\ufffe\\uffff\\ud800 \u{1f600} x+$/u,
    );
    expect(sent.FailureReason!.StringValue).toHaveLength(1024);
  });

  it('with a non-retryable error keeps the message when the dead-letter queue cannot be reached', async () => {
    await using r = await rehearse({
      sendsToDeadLetterQueue: true,
      handler: () => Promise.reject(new NonRetryableError('broken')),
    });
    let down = true;
    r.server.intercept = ({ action }) =>
      down && action === 'SendMessage' ? Promise.resolve('reset') : undefined;
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is put back', () => r.told('finished').length === 1);
    expect(r.told('finished')).toMatchObject([{ outcome: 'retried' }]);
    down = false;
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(r.deadLetterQueue.visible).toHaveLength(1);
  });

  it('with a non-retryable error, lost while it was sent, is left to whoever has it now', async () => {
    const sending = gate();
    await using r = await rehearse({
      visibilityTimeoutSeconds: 1,
      concurrency: 1,
      prefetch: 0,
      sendsToDeadLetterQueue: true,
      handler: () => Promise.reject(new NonRetryableError('broken')),
    });
    r.server.intercept = async ({ action }) => {
      if (action !== 'SendMessage') return undefined;
      await sending.passed;
      return 'reset';
    };
    await startAndLose(r);
    sending.open();
    await until('it has ended', () => r.told('finished').length === 1);
    expect(r.told('finished')).toMatchObject([{ outcome: 'lost' }]);
  });

  it('time and again leaves a poison message to the redrive of the queue', async () => {
    await using r = await rehearse({
      maxReceiveCount: 2,
      handler: () => Promise.reject(new Error('poison')),
    });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is in the dead-letter queue', () => r.deadLetterQueue.visible.length === 1);
    expect(r.told('finished')).toHaveLength(2);
    expect(r.queue.deleted).toBe(0);
  });

  it('by throwing at once is no different', async () => {
    await using r = await rehearse({
      handler: () => {
        throw new Error('at once');
      },
    });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is put back', () => r.told('finished').length === 1);
    expect(r.told('finished')).toMatchObject([{ outcome: 'retried' }]);
  });
});

describe('a handler that takes longer than its timeout', () => {
  it('is aborted, and its message runs again only after it ended', async () => {
    const ended = gate();
    let running = 0;
    let most = 0;
    let aborted = false;
    await using r = await rehearse({
      taskTimeoutSeconds: 0.05,
      handler: async ({ receiveCount }, { signal }) => {
        running += 1;
        most = Math.max(most, running);
        if (receiveCount === 1) {
          signal.addEventListener('abort', () => {
            aborted = true;
          });
          await ended.passed;
          running -= 1;
          signal.throwIfAborted();
        }
      },
    });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it runs', () => running === 1);
    await until('it is aborted', () => aborted);
    expect(r.told('finished')).toHaveLength(0);
    ended.open();
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(r.told('finished')).toMatchObject([
      { outcome: 'retried', error: { name: 'TaskTimeoutError' } },
      { outcome: 'done' },
    ]);
    expect(most).toBe(1);
  });
});

describe('calls that fail', () => {
  it.each([
    ['throttled', () => Promise.reject(new SqsError('ThrottlingException', 'slow down')), 'AWS throttles'],
    [
      'answered with 503',
      () => Promise.reject(new SqsError('ServiceUnavailable', 'down', 503)),
      'the service answered 503',
    ],
    ['reset', () => Promise.resolve('reset' as const), 'could not be reached'],
    ['answered with garbage', () => Promise.resolve('garbage' as const), 'that is no answer of SQS'],
    [
      'refused for expired credentials',
      () => Promise.reject(new SqsError('ExpiredTokenException', 'old', 403)),
      'credentials',
    ],
  ])('because they are %s: receiving backs off, says why and recovers', async (_, fault, meaning) => {
    await using r = await rehearse({ handler: () => Promise.resolve() });
    r.queue.send({ body: 'x' });
    r.server.intercept = fault;
    r.consumer.start();
    await until('it failed thrice', () => r.told('receive-failed').length >= 3);
    const waits = r.told('receive-failed').map(({ retryInMs }) => retryInMs);
    expect(waits[0]).toBeGreaterThanOrEqual(5);
    expect(waits[2]).toBeGreaterThanOrEqual(20);
    expect(describeCallError('receive', r.told('receive-failed')[0]!.error)).toContain(meaning);
    r.server.intercept = undefined;
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(r.told('receive-recovered')).toHaveLength(1);
  });

  it('together, from several pollers, count as one failure: receiving goes on soon', async () => {
    const outage = gate();
    await using r = await rehearse({
      concurrency: 80,
      prefetch: 0,
      handler: () => Promise.resolve(),
      callBackoff: { baseMs: 10, maxMs: 30_000 },
    });
    r.queue.send({ body: '1' });
    r.server.intercept = async ({ action }) => {
      if (action !== 'ReceiveMessage' || r.server.calls.ReceiveMessage === 1) return undefined;
      await outage.passed;
      return 'reset';
    };
    r.consumer.start();
    await until('eight calls are under way', () => r.server.calls.ReceiveMessage === 9);
    r.server.intercept = undefined;
    outage.open();
    r.queue.send({ body: '2' });
    await until('it is deleted', () => r.queue.deleted === 2);
    expect(r.told('receive-failed')).toHaveLength(8);
    for (const { retryInMs } of r.told('receive-failed')) expect(retryInMs).toBeLessThanOrEqual(10);
  });

  it('because the queue was deleted: it waits and goes on when the queue is back', async () => {
    await using r = await rehearse({ handler: () => Promise.resolve() });
    r.queue.send({ body: 'x' });
    r.server.deleteQueue(r.queue);
    r.consumer.start();
    await until('it failed', () => r.told('receive-failed').length > 0);
    expect(describeCallError('receive', r.told('receive-failed')[0]!.error)).toContain(
      'the queue does not exist',
    );
    r.server.restoreQueue(r.queue);
    await until('it is deleted', () => r.queue.deleted === 1);
  });

  it('deletes again what a failed call did not delete, and receives nothing meanwhile', async () => {
    await using r = await rehearse({ handler: () => Promise.resolve(), concurrency: 1, prefetch: 0 });
    r.server.intercept = ({ action }) =>
      action === 'DeleteMessageBatch' ? Promise.resolve('reset') : undefined;
    r.queue.send({ body: '1' });
    r.consumer.start();
    await until('deleting failed twice', () => r.told('call-failed').length >= 2);
    for (const body of ['2', '3', '4']) r.queue.send({ body });
    // It was asked for before the delete of the first failed.
    await until('the second is done', () => r.told('finished').length === 2);
    const failures = r.told('call-failed').length;
    await until('deleting failed again and again', () => r.told('call-failed').length > failures + 4);
    expect(r.told('started')).toHaveLength(2);
    expect(r.queue.visible).toHaveLength(2);
    r.server.intercept = undefined;
    await until('all are deleted', () => r.queue.deleted === 4);
  });

  it('deletes again the entries of a batch that failed for a passing reason, and only those', async () => {
    await using r = await rehearse({ handler: () => Promise.resolve() });
    const failed = new Set<string>();
    r.queue.entryFault = (handle) => {
      if (failed.size >= 3 || failed.has(handle)) return undefined;
      failed.add(handle);
      return new SqsError('InternalError', 'try again', 500);
    };
    for (let i = 0; i < 10; i += 1) r.queue.send({ body: `${i}` });
    r.consumer.start();
    await until('all are told to be deleted', () => r.told('deleted').length === 10);
    expect(r.queue.deleted).toBe(10);
    expect(r.told('started')).toHaveLength(10);
  });

  it('says which finished message could not be deleted for good', async () => {
    await using r = await rehearse({ handler: () => Promise.resolve() });
    r.queue.entryFault = () => new SqsError('ReceiptHandleIsInvalid', 'no such handle');
    const sent = r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is told', () => r.told('delete-failed').length === 1);
    expect(r.told('delete-failed')).toMatchObject([
      { message: { id: sent.id }, reason: 'ReceiptHandleIsInvalid no such handle' },
    ]);
  });
});
