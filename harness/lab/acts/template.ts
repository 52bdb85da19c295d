import type { Act } from './act';

export const template: Act = {
  number: 5,
  name: 'template',
  story: 'With every other worker down, one instance is launched from the launch template.',
  async play(stage) {
    const members = await stage.members();
    for (const worker of await stage.runningWorkers()) {
      await stage.kill(worker);
    }

    const { subnets } = await stage.group.describe();
    const instanceId = await stage.group.launchFromTemplate(subnets[0] ?? '');
    stage.say(`launched ${instanceId} from ${stage.lab.outputs.workerLaunchTemplateId}`);
    try {
      await stage.upload('template.txt');
      await stage.processed('template.txt');
      const body = await stage.until(`a body of ${instanceId}`, () => stage.lab.fleet.body(instanceId));
      await stage.logSays({ body }, `Moved to: ${stage.pipeline.processedKey('template.txt')}`);

      const makes = await stage.group.make([instanceId, ...members.map((member) => member.instanceId)]);
      stage.must(`every instance made alike (${makes.join(' / ')})`, makes.length === 1);
      return [
        `${instanceId} booted from its user data and processed ${stage.pipeline.uploadKey('template.txt')} with no hand on it`,
        `it is made like the group's instances: ${makes.join()}`,
      ];
    } finally {
      await stage.group.terminate(instanceId);
    }
  },
};
