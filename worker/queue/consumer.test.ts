import { setTimeout as delay } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { gate, rehearse, startQuick } from '../testing/rehearsal';
import { SqsServer } from '../testing/sqs-server';
import { until } from '../testing/until';
import { QueueConsumer } from './consumer';
import { sdkApi } from './sdk-api';
import { sqsTransport } from './sqs-transport';
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
    await startQuick(r);
    for (let i = 0; i < 20; i += 1) r.queue.send({ body: `${i}` });
    await until('slots and buffer are full', () => r.consumer.running === 3 && r.consumer.buffered === 2);
    expect(r.queue.inFlight).toHaveLength(5);
    expect(r.queue.visible).toHaveLength(15);
    all.open();
    await until('all are deleted', () => r.queue.deleted === 21);
  });

  it('keeps no messages ready behind slow ones: another worker may have them', async () => {
    const slow = gate();
    await using r = await rehearse({
      concurrency: 1,
      prefetch: 1,
      handler: async (_, { signal }) => {
        await Promise.race([delay(1200, undefined, { signal }), slow.passed]);
      },
    });
    for (let i = 0; i < 20; i += 1) r.queue.send({ body: `${i}` });
    r.consumer.start();
    await until('the first has ended, another runs', () => r.told('started').length === 2);
    expect(r.consumer.buffered).toBe(0);
    expect(r.queue.visible).toHaveLength(18);
    slow.open();
    await until('all are deleted', () => r.queue.deleted === 20);
  });

  it('does not ask again and again where an empty queue is answered at once', async () => {
    const calls: number[] = [];
    const transport: QueueTransport = {
      receiveBatchSize: 10,
      receive: () => {
        calls.push(performance.now());
        return Promise.resolve([]);
      },
      delete: () => Promise.resolve([]),
      changeVisibility: () => Promise.resolve([]),
    };
    const consumer = new QueueConsumer({ transport, handler: () => Promise.resolve() });
    consumer.start();
    await until('it asked thrice', () => calls.length === 3);
    await consumer.stop();
    expect(calls[2]! - calls[0]!).toBeGreaterThan(300);
  });

  it('goes on when whoever watches it throws, and warns of it', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
    await using server = await SqsServer.start();
    const queue = server.createQueue('tasks');
    const client = new SQSClient({
      region: 'us-east-2',
      endpoint: server.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const consumer = new QueueConsumer({
      transport: sqsTransport(sdkApi(client), queue.url),
      handler: () => Promise.resolve(),
      observer: () => {
        throw new Error('broken display');
      },
    });
    queue.send({ body: 'x' });
    consumer.start();
    await until('it is deleted', () => queue.deleted === 1);
    await consumer.stop();
    client.destroy();
    expect(warn).toHaveBeenCalledWith(
      'an observer of the queue consumer threw at finished: Error: broken display',
    );
    warn.mockRestore();
  });

  it('runs one delivery of a message at a time, when SQS delivers it twice', async () => {
    let running = 0;
    let most = 0;
    const ids: string[] = [];
    await using r = await rehearse({
      handler: async ({ id }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        ids.push(id);
      },
      adapt: (transport) => ({
        ...transport,
        // Two receipts of one message, as documented under "At-least-once delivery".
        receive: async (request, signal) => {
          const messages = await transport.receive(request, signal);
          return messages.map((message) => ({ ...message, id: 'the same' }));
        },
      }),
    });
    r.queue.send({ body: 'x' });
    r.queue.send({ body: 'x' });
    r.consumer.start();
    await until('both are deleted', () => r.queue.deleted === 2);
    expect(ids).toHaveLength(2);
    expect(most).toBe(1);
  });

  it('asks for all that it has room for while the queue has messages, however long an answer takes', async () => {
    const answers = gate();
    await using r = await rehearse({ concurrency: 50, handler: () => Promise.resolve() });
    r.server.intercept = async ({ action }) => {
      if (action === 'ReceiveMessage' && r.server.calls.ReceiveMessage !== 1) await answers.passed;
      return undefined;
    };
    r.queue.send({ body: '1' });
    r.consumer.start();
    await until('ten calls are under way', () => r.server.calls.ReceiveMessage === 11);
    await until('the first message is deleted', () => r.queue.deleted === 1);
    expect(r.server.calls.ReceiveMessage).toBe(11);
    r.queue.send({ body: '2' });
    answers.open();
    await until('both are deleted', () => r.queue.deleted === 2);
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
    receiveBatchSize: 10,
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
    [{ callBackoff: { baseMs: 0, maxMs: 10 } }, 'callBackoff.baseMs must be from 1 to 43200000, got 0'],
    [
      { retryBackoff: { baseMs: 1, maxMs: Infinity } },
      'retryBackoff.maxMs must be from 1 to 43200000, got Infinity',
    ],
    [{ taskTimeoutSeconds: 0 }, 'taskTimeoutSeconds must be from 0.001 to 43200, got 0'],
  ])('%j are refused with what is allowed', (options, message) => {
    expect(() => new QueueConsumer({ transport, handler, ...options })).toThrow(new RangeError(message));
  });
});

describe('the queue of a transport', () => {
  const api = sdkApi(new SQSClient({ region: 'us-east-2' }));
  const url = 'https://sqs.us-east-2.amazonaws.com/123456789012/tasks';
  const allowed = `must be the URL of a queue, as ${url}, got`;

  it.each(['', 'tasks', 'arn:aws:sqs:us-east-2:123456789012:tasks', 'https://'])(
    '%j is refused, which would fail at every call',
    (wrong) => {
      const refusal = (name: string): RangeError =>
        new RangeError(`${name} ${allowed} ${JSON.stringify(wrong)}`);
      expect(() => sqsTransport(api, wrong)).toThrow(refusal('queueUrl'));
      expect(() => sqsTransport(api, url, wrong)).toThrow(refusal('deadLetterQueueUrl'));
    },
  );
});
