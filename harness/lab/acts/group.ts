import type { Act } from './act';

/** Enough that no instance can empty the queue before the other has asked for work. */
const files = 40;

export const group: Act = {
  number: 6,
  name: 'group',
  story: 'The group runs its instances in several zones; many files are uploaded.',
  async play(stage) {
    const members = await stage.membersInService();
    for (const member of members) {
      await stage.start(member);
    }
    const zones = new Set(members.map(({ zone }) => zone));
    stage.must('2 instances in 2 zones', members.length >= 2 && zones.size >= 2);

    const names = Array.from({ length: files }, (_, index) => `many/${index + 1}.txt`);
    await stage.uploadAll(names);
    await stage.allProcessed(names);

    const shares: string[] = [];
    for (const member of members) {
      const moved =
        (await stage.log(member)).split(`Moved to: ${stage.pipeline.processedKey('many/')}`).length - 1;
      stage.must(`files processed on ${member.instanceId}`, moved > 0);
      shares.push(`${member.instanceId} in ${member.zone} processed ${moved}`);
    }
    return [`${shares.join(', ')} of ${files} files`];
  },
};
