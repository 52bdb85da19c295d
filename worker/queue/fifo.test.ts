import { rehearse } from '../testing/rehearsal';
import { until } from '../testing/until';

describe('a FIFO queue', () => {
  it('has the messages of a group handled in order, one at a time, and groups side by side', async () => {
    const handled: string[] = [];
    const running = new Set<string>();
    const besideItsGroup: string[] = [];
    let together = 0;
    await using r = await rehearse({
      queueName: 'tasks.fifo',
      handler: async ({ body, groupId = '' }) => {
        if (running.has(groupId)) besideItsGroup.push(body);
        running.add(groupId);
        together = Math.max(together, running.size);
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
    expect(together).toBe(2);
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

  it('is told apart from a standard queue whose messages carry group ids for fairness', async () => {
    const groups: unknown[] = [];
    await using r = await rehearse({ handler: ({ groupId }) => Promise.resolve(groups.push(groupId)) });
    r.queue.send({ body: 'x', groupId: 'tenant' });
    r.consumer.start();
    await until('it is deleted', () => r.queue.deleted === 1);
    expect(groups).toEqual([undefined]);
  });
});
