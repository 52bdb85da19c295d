import type { Act } from './act';

export const recovers: Act = {
  number: 4,
  name: 'recovers',
  story: 'The worker is started again.',
  async play(stage) {
    const [worker] = await stage.membersInService();

    await stage.start(worker);

    await stage.processed('fail.txt');
    const lines = [
      `Processing: ${stage.pipeline.uploadKey('fail.txt')}`,
      `Moved to: ${stage.pipeline.processedKey('fail.txt')}`,
    ];
    await stage.logSays(worker, ...lines);
    await stage.queueIsEmpty();
    return [
      ...lines.map((line) => `the worker's log on ${worker.instanceId}: ${line}`),
      'the queue is empty: it had kept the task',
    ];
  },
};
