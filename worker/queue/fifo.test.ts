import { gate, rehearse, startAndLose } from '../testing/rehearsal';
import { until } from '../testing/until';

describe('a FIFO queue', () => {
  it('has the messages of a group handled in order, one at a time, and groups side by side', async () => {
    const handled: string[] = [];
    const running = new Set<string>();
    const besideItsGroup: string[] = [];
    const sideBySide = gate();
    await using r = await rehearse({
      queueName: 'tasks.fifo',
      handler: async ({ body, groupId = '' }) => {
        if (running.has(groupId)) besideItsGroup.push(body);
        running.add(groupId);
        if (running.size === 2) sideBySide.open();
        await sideBySide.passed;
        await new Promise(setImmediate);
        running.delete(groupId);
        handled.push(body);
      },
    });
    for (let i = 0; i < 10; i += 1)
      for (const groupId of ['a', 'b']) r.queue.send({ body: `${groupId}${i}`, groupId });
    r.consumer.start();
    await until('all are deleted', () => r.queue.deleted === 20);
    for (const group of ['a', 'b']) {
      expect(handled.filter((body) => body.startsWith(group))).toEqual(
        Array.from({ length: 10 }, (_, i) => `${group}${i}`),
      );
    }
    expect(besideItsGroup).toEqual([]);
  });

  it('has no message of a group handled before the failed one ahead of it', async () => {
    const handled: string[] = [];
    await using r = await rehearse({
      queueName: 'tasks.fifo',
      handler: ({ body, receiveCount }) => {
        if (body === '1' && receiveCount === 1) return Promise.reject(new Error('try again'));
        handled.push(body);
        return Promise.resolve();
      },
    });
    for (const body of ['0', '1', '2', '3']) r.queue.send({ body, groupId: 'g' });
    r.consumer.start();
    await until('all are deleted', () => r.queue.deleted === 4);
    expect(handled).toEqual(['0', '1', '2', '3']);
  });

  it('has other groups handled beside one that is slow and has many messages', async () => {
    const slow = gate();
    const handled: string[] = [];
    await using r = await rehearse({
      queueName: 'tasks.fifo',
      handler: async ({ body }) => {
        if (body === 'a0') await slow.passed;
        handled.push(body);
      },
    });
    for (let i = 0; i < 12; i += 1) r.queue.send({ body: `a${i}`, groupId: 'a' });
    for (const groupId of ['b', 'c']) r.queue.send({ body: groupId, groupId });
    r.consumer.start();
    await until('the others are deleted', () => r.queue.deleted === 2);
    expect(handled.sort()).toEqual(['b', 'c']);
    slow.open();
    await until('all are deleted', () => r.queue.deleted === 14);
  });

  it('takes a message that always fails to the dead-letter queue alone: those behind it are handled then', async () => {
    const handled: unknown[] = [];
    await using r = await rehearse({
      queueName: 'tasks.fifo',
      maxReceiveCount: 2,
      handler: ({ body, receiveCount }) => {
        if (body === 'poison') return Promise.reject(new Error('poison'));
        handled.push([body, receiveCount]);
        return Promise.resolve();
      },
    });
    for (const body of ['poison', '1', '2']) r.queue.send({ body, groupId: 'g' });
    r.consumer.start();
    await until('the others are deleted', () => r.queue.deleted === 2);
    expect(handled).toEqual([
      ['1', 1],
      ['2', 1],
    ]);
    expect(r.deadLetterQueue.visible.map(({ body }) => body)).toEqual(['poison']);
    expect(r.told('finished').map(({ outcome }) => outcome)).toEqual(['retried', 'retried', 'done', 'done']);
  });

  it('has a message that was lost handled as soon as its first handler has ended', async () => {
    const ended = gate();
    const counts: number[] = [];
    await using r = await rehearse({
      queueName: 'tasks.fifo',
      visibilityTimeoutSeconds: 1,
      handler: async ({ receiveCount }) => {
        counts.push(receiveCount);
        if (receiveCount === 1) await ended.passed;
      },
    });
    await startAndLose(r, { body: 'x', groupId: 'g' });
    await until('it is received again', () => r.consumer.buffered === 1);
    ended.open();
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(counts).toEqual([1, 2]);
  });

  it('is told apart from a standard queue whose messages carry group ids for fairness', async () => {
    const groups: unknown[] = [];
    await using r = await rehearse({ handler: ({ groupId }) => Promise.resolve(groups.push(groupId)) });
    r.queue.send({ body: 'x', groupId: 'tenant' });
    r.consumer.start();
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(groups).toEqual([undefined]);
  });
});
