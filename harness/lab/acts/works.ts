import type { Act } from './act';

export const works: Act = {
  number: 2,
  name: 'works',
  story: 'One worker runs; a file is uploaded.',
  async play(stage) {
    const [worker, ...others] = await stage.groupReady();
    for (const other of others) {
      await stage.kill(other);
    }

    await stage.upload('test1.txt');
    await stage.processed('test1.txt');

    const lines = [
      `Processing: ${stage.pipeline.uploadKey('test1.txt')}`,
      `Moved to: ${stage.pipeline.processedKey('test1.txt')}`,
    ];
    await stage.logSays(worker, ...lines);
    return [
      ...lines.map((line) => `the worker's log on ${worker.instanceId}: ${line}`),
      `the object is under ${stage.pipeline.processedKey('')} and no longer under ${stage.pipeline.uploadKey('')}`,
    ];
  },
};
