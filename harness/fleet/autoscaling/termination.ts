import { type Group, type Member, present } from './group';

/**
 * Whom to terminate when a group has too many: of the zone with the most instances, among those not protected from
 * scale-in, the one with the oldest launch template version, then the oldest.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
 *
 * @returns `undefined` when every instance is protected.
 */
export function chooseVictim(group: Group): Member | undefined {
  const members = present(group);
  const candidates = members.filter(({ protectedFromScaleIn }) => !protectedFromScaleIn);
  const inZone = (zone: string): number =>
    members.filter(({ availabilityZone }) => availabilityZone === zone).length;
  const fullest = Math.max(0, ...candidates.map(({ availabilityZone }) => inZone(availabilityZone)));
  const [victim] = candidates
    .filter(({ availabilityZone }) => inZone(availabilityZone) === fullest)
    .sort(
      (a, b) =>
        Number(a.launchTemplate.Version) - Number(b.launchTemplate.Version) ||
        a.launchedAt.getTime() - b.launchedAt.getTime(),
    );
  return victim;
}
