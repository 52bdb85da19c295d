import type { Act } from './act';

export const heals: Act = {
  number: 7,
  name: 'heals',
  story: 'One instance is terminated; a file is uploaded meanwhile.',
  async play(stage) {
    const before = await stage.groupReady();
    const [victim] = before;
    const known = new Set(before.map(({ instanceId }) => instanceId));

    await stage.group.terminate(victim.instanceId);
    stage.say(`terminated ${victim.instanceId}`);
    await stage.until(
      `the end of ${victim.instanceId}`,
      () => stage.lab.fleet.body(victim.instanceId) === undefined,
    );
    await stage.upload('heal.txt');

    await stage.processed('heal.txt');
    const replacement = await stage.until(`a working replacement of ${victim.instanceId}`, async () => {
      const running = await stage.runningWorkers();
      return running.find(({ instanceId }) => !known.has(instanceId));
    });
    await stage.queueIsEmpty();
    const lost = await stage.lost();
    stage.must(`every uploaded file processed (missing: ${lost.join(', ')})`, lost.length === 0);
    stage.must(
      'an empty dead-letter queue',
      (await stage.pipeline.depth(stage.lab.outputs.deadLetterQueueUrl)).visible === 0,
    );
    return [
      `the group replaced ${victim.instanceId} by ${replacement.instanceId}, and its worker runs`,
      `${stage.pipeline.uploadKey('heal.txt')} was processed meanwhile`,
      `nothing is lost: all ${stage.uploaded.length} files uploaded so far are under ${stage.pipeline.processedKey('')}, the dead-letter queue is empty`,
    ];
  },
};
