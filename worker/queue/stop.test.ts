import { Limit } from '../processors/limit';
import { gate, rehearse, startAndLose, startQuick } from '../testing/rehearsal';
import { until } from '../testing/until';

describe('stopping a consumer', () => {
  it('ends a long poll at once', async () => {
    await using r = await rehearse({ handler: () => Promise.resolve() });
    r.consumer.start();
    await until('it polls', () => r.server.calls.ReceiveMessage === 1);
    const before = performance.now();
    await r.consumer.stop();
    expect(performance.now() - before).toBeLessThan(1000);
    expect(r.server.calls.ReceiveMessage).toBe(1);
  });

  it('gives back what an aborted poll returns nonetheless', async () => {
    const reply = gate();
    await using r = await rehearse({
      handler: () => Promise.resolve(),
      // The answer is on its way already: the abort comes too late.
      adapt: (transport) => ({
        ...transport,
        receive: (request) => transport.receive(request, new AbortController().signal),
      }),
    });
    r.server.intercept = async ({ action }) => {
      if (action === 'ReceiveMessage') await reply.passed;
      return undefined;
    };
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it polls', () => r.server.calls.ReceiveMessage === 1);
    const stopped = r.consumer.stop();
    reply.open();
    await stopped;
    await until('the message is visible', () => r.queue.visible.length === 1);
    expect(r.told('started')).toHaveLength(0);
  });

  it('lets running handlers end, deletes their messages and returns those that waited', async () => {
    const work = gate();
    await using r = await rehearse({ concurrency: 2, prefetch: 2, handler: () => work.passed });
    await startQuick(r);
    for (let i = 0; i < 4; i += 1) r.queue.send({ body: `${i}` });
    await until('slots and buffer are full', () => r.consumer.running === 2 && r.consumer.buffered === 2);
    const stopped = r.consumer.stop();
    await until('the buffer is returned', () => r.queue.visible.length === 2);
    expect(r.queue.inFlight).toHaveLength(2);
    work.open();
    await stopped;
    expect(r.queue.deleted).toBe(3);
    expect(r.queue.inFlight).toHaveLength(0);
    expect(r.told('stopped')).toHaveLength(1);
  });

  it('deletes finished work even when it is stopped in the same moment', async () => {
    await using r = await rehearse({ deleteLingerMs: 10_000, handler: () => Promise.resolve() });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is done', () => r.told('finished').length === 1);
    expect(r.queue.deleted).toBe(0);
    await r.consumer.stop();
    expect(r.queue.deleted).toBe(1);
  });

  it('aborts what takes longer than the drain time and gives it back', async () => {
    let reason: unknown;
    await using r = await rehearse({
      drainSeconds: 0.05,
      handler: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            reject(new DOMException('aborted', 'AbortError'));
          });
        }),
    });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it runs', () => r.consumer.running === 1);
    await r.consumer.stop();
    expect(reason).toMatchObject({ name: 'ConsumerStoppedError' });
    expect(r.told('finished')).toMatchObject([{ outcome: 'returned' }]);
    expect(r.queue.visible).toHaveLength(1);
  });

  it('gives back at once what runs but has not begun its work, and lets the others go on', async () => {
    const work = gate();
    const limit = new Limit(1);
    const begun: string[] = [];
    await using r = await rehearse({
      concurrency: 20,
      handler: ({ body }, { signal, stopping }) =>
        limit.run([signal, stopping], () => {
          begun.push(body);
          return work.passed;
        }),
    });
    for (let i = 0; i < 20; i += 1) r.queue.send({ body: `${i}` });
    r.consumer.start();
    await until('all run, and one works', () => r.consumer.running === 20 && begun.length === 1);
    const stopped = r.consumer.stop();
    await until('the others are visible', () => r.queue.visible.length === 19);
    expect(r.told('finished').map(({ outcome }) => outcome)).toEqual(Array(19).fill('returned'));
    work.open();
    await stopped;
    expect(begun).toHaveLength(1);
    expect(r.queue.deleted).toBe(1);
  });

  it('does not wait for ever for a handler that heeds no abort', async () => {
    const never = gate();
    await using r = await rehearse({ drainSeconds: 0, graceSeconds: 2, handler: () => never.passed });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it runs', () => r.consumer.running === 1);
    await r.consumer.stop();
    expect(r.told('abandoned')).toHaveLength(1);
    expect(r.queue.visible).toHaveLength(1);
    never.open();
  });

  it('resolves even when the queue cannot be reached any more', async () => {
    const work = gate();
    await using r = await rehearse({ graceSeconds: 0.1, handler: () => work.passed });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it runs', () => r.consumer.running === 1);
    r.server.intercept = () => Promise.resolve('reset');
    work.open();
    await r.consumer.stop();
    expect(r.told('finished')).toMatchObject([{ outcome: 'done' }]);
    expect(new Set(r.told('call-failed').map(({ call }) => call))).toEqual(new Set(['delete']));
    expect(r.queue.deleted).toBe(0);
  });

  it('resolves in time even when the poll in flight heeds no abort, and gives back what it returns then', async () => {
    const reply = gate();
    await using r = await rehearse({
      graceSeconds: 0.1,
      handler: () => Promise.resolve(),
      adapt: (transport) => ({
        ...transport,
        receive: async (request) => {
          const messages = await transport.receive(request, new AbortController().signal);
          await reply.passed;
          return messages;
        },
      }),
    });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it is received', () => r.queue.inFlight.length === 1);
    await r.consumer.stop();
    reply.open();
    await until('it is visible', () => r.queue.visible.length === 1);
    expect(r.told('started')).toHaveLength(0);
  });

  it('waits for a handler that stops the consumer itself, and deletes its message', async () => {
    const work = gate();
    let stopped: Promise<void> | undefined;
    await using r = await rehearse({
      handler: async () => {
        stopped = r.consumer.stop();
        await work.passed;
      },
    });
    r.queue.send({ body: 'the last one' });
    r.consumer.start();
    await until('it stops', () => r.told('stopping').length === 1);
    expect(r.told('stopping')).toMatchObject([{ running: 1 }]);
    work.open();
    await stopped;
    expect(r.queue.deleted).toBe(1);
  });

  it('resolves in time even when the queue is silent', async () => {
    const silence = gate();
    await using r = await rehearse({ graceSeconds: 0.1, handler: () => Promise.resolve() });
    r.server.intercept = async ({ action }) => {
      if (action === 'DeleteMessageBatch') await silence.passed;
      return undefined;
    };
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it deletes', () => r.server.calls.DeleteMessageBatch === 1);
    const before = performance.now();
    await r.consumer.stop();
    expect(performance.now() - before).toBeLessThan(2000);
    silence.open();
  });

  it('leaves a message alone that is no longer ours, also when its handler heeds no abort', async () => {
    const never = gate();
    await using r = await rehearse({
      visibilityTimeoutSeconds: 1,
      drainSeconds: 0,
      graceSeconds: 0.05,
      concurrency: 1,
      prefetch: 0,
      handler: () => never.passed,
    });
    await startAndLose(r);
    const calls = r.server.calls.ChangeMessageVisibilityBatch;
    await r.consumer.stop();
    expect(r.told('abandoned')).toHaveLength(1);
    expect(r.server.calls.ChangeMessageVisibilityBatch).toBe(calls);
    never.open();
  });

  it.each([Infinity, NaN, -1, 43_201])(
    'is not begun with a drain time of %p seconds',
    async (drainSeconds) => {
      const work = gate();
      await using r = await rehearse({ handler: () => work.passed });
      r.queue.send({ body: 'x' });
      r.consumer.start();
      await until('it runs', () => r.consumer.running === 1);
      await expect(r.consumer.stop({ drainSeconds })).rejects.toThrow(
        new RangeError(`drainSeconds must be from 0 to 43200, got ${drainSeconds}`),
      );
      expect(r.told('stopping')).toHaveLength(0);
      work.open();
      await until('it is deleted', () => r.queue.deleted === 1);
    },
  );

  it('is the same stop when it is called again, and the shorter drain time counts', async () => {
    const work = gate();
    await using r = await rehearse({ graceSeconds: 2, handler: () => work.passed });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('it runs', () => r.consumer.running === 1);
    const first = r.consumer.stop({ drainSeconds: 3600 });
    await r.consumer.stop({ drainSeconds: 0 });
    await first;
    expect(r.told('stopped')).toHaveLength(1);
    expect(r.queue.visible).toHaveLength(1);
    work.open();
  });
});
