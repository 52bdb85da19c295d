import { gate, rehearse } from '../testing/rehearsal';
import { until } from '../testing/until';
import { QueueConsumer } from './consumer';
import type { QueueTransport } from './transport';

describe('a consumer', () => {
  it('handles every message once and deletes it, in batches of ten', async () => {
    const handled: string[] = [];
    await using r = await rehearse({
      handler: (message) => Promise.resolve(handled.push(message.body)),
    });
    const bodies = Array.from({ length: 200 }, (_, i) => `task ${i}`);
    for (const body of bodies) r.queue.send({ body });
    r.consumer.start();
    await until('all are deleted', () => r.queue.deleted === 200);
    expect(handled.sort()).toEqual(bodies.sort());
    expect(r.server.calls.DeleteMessageBatch).toBeLessThanOrEqual(25);
  });

  it('takes a handler that resolves with undefined for done', async () => {
    await using r = await rehearse({ handler: () => Promise.resolve(undefined) });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(r.told('finished')).toMatchObject([{ outcome: 'done' }]);
  });

  it('gives the handler the message with its count, time and attributes', async () => {
    const seen: unknown[] = [];
    await using r = await rehearse({ handler: (message) => Promise.resolve(seen.push(message)) });
    const sent = r.queue.send({
      body: 'x',
      attributes: { traceparent: { DataType: 'String', StringValue: '00-1' } },
    });
    r.consumer.start();
    await until('it is handled', () => seen.length === 1);
    expect(seen[0]).toMatchObject({
      id: sent.id,
      body: 'x',
      receiveCount: 1,
      sentAt: sent.sentAt,
      groupId: undefined,
      attributes: { traceparent: '00-1' },
    });
  });

  it('goes on with other messages while one is slow: a batch is no barrier', async () => {
    const slow = gate();
    const handled: string[] = [];
    await using r = await rehearse({
      concurrency: 2,
      handler: async ({ body }) => {
        if (body === 'slow') await slow.passed;
        handled.push(body);
      },
    });
    r.queue.send({ body: 'slow' });
    for (let i = 0; i < 50; i += 1) r.queue.send({ body: `quick ${i}` });
    r.consumer.start();
    await until('all the quick ones are deleted', () => r.queue.deleted === 50);
    expect(handled).not.toContain('slow');
    slow.open();
    await until('the slow one is deleted', () => r.queue.deleted === 51);
  });

  it('runs at most `concurrency` handlers and holds at most `prefetch` messages more', async () => {
    const all = gate();
    await using r = await rehearse({ concurrency: 3, prefetch: 2, handler: () => all.passed });
    for (let i = 0; i < 20; i += 1) r.queue.send({ body: `${i}` });
    r.consumer.start();
    await until('slots and buffer are full', () => r.consumer.running === 3 && r.consumer.buffered === 2);
    expect(r.queue.inFlight).toHaveLength(5);
    expect(r.queue.visible).toHaveLength(15);
    all.open();
    await until('all are deleted', () => r.queue.deleted === 20);
  });

  it('keeps one long poll open while the queue is empty, and handles what comes at once', async () => {
    await using r = await rehearse({ concurrency: 40, pollers: 4, handler: () => Promise.resolve() });
    r.consumer.start();
    await until('it polls', () => r.server.calls.ReceiveMessage === 1);
    r.queue.send({ body: 'x' });
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(r.server.calls.ReceiveMessage).toBeLessThanOrEqual(6);
  });

  it('cannot be started twice', async () => {
    await using r = await rehearse({ handler: () => Promise.resolve() });
    r.consumer.start();
    expect(() => {
      r.consumer.start();
    }).toThrow('can be started once');
  });
});

describe('the options of a consumer', () => {
  const transport: QueueTransport = {
    receive: () => Promise.resolve([]),
    delete: () => Promise.resolve([]),
    changeVisibility: () => Promise.resolve([]),
  };
  const handler = (): Promise<void> => Promise.resolve();

  it.each([
    [{ concurrency: 0 }, 'concurrency must be from 1 to 10000, got 0'],
    [{ concurrency: 1.5 }, 'concurrency must be a whole number, got 1.5'],
    [{ concurrency: 5, prefetch: 6 }, 'prefetch must be from 0 to 5, got 6'],
    [{ waitSeconds: 21 }, 'waitSeconds must be from 0 to 20, got 21'],
    [{ visibilityTimeoutSeconds: 43_201 }, 'visibilityTimeoutSeconds must be from 1 to 43200, got 43201'],
    [{ taskTimeoutSeconds: 0 }, 'taskTimeoutSeconds must be from 0.001 to 43200, got 0'],
  ])('%j are refused with what is allowed', (options, message) => {
    expect(() => new QueueConsumer({ transport, handler, ...options })).toThrow(new RangeError(message));
  });
});
