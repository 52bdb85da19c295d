import { type Group, present } from './group';
import type { Member } from './member';

/** Where an instance is to be launched. */
export interface Place {
  readonly subnetId: string;
  readonly zone: string;
}

/**
 * Where the next instances are to be launched: each in the zone with the fewest instances, and there in the subnet with
 * the fewest; none where no zone is left.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-availability-zone-balanced.html
 *
 * @param without zones that are not asked.
 * @param among whom to balance. @default those that count in the group's capacity
 */
export function places(
  group: Group,
  howMany: number,
  without: readonly string[] = [],
  among: readonly Member[] = present(group),
): Place[] {
  const inZone = new Map<string, number>();
  const inSubnet = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  for (const { availabilityZone, subnetId } of among) {
    count(inZone, availabilityZone);
    count(inSubnet, subnetId);
  }
  const allowed = [...group.zones].filter(([, zone]) => !without.includes(zone));
  const chosen: Place[] = [];
  while (chosen.length < howMany) {
    const [emptiest] = [...allowed].sort(
      ([subnetA, zoneA], [subnetB, zoneB]) =>
        (inZone.get(zoneA) ?? 0) - (inZone.get(zoneB) ?? 0) ||
        (inSubnet.get(subnetA) ?? 0) - (inSubnet.get(subnetB) ?? 0),
    );
    if (emptiest === undefined) {
      break;
    }
    const [subnetId, zone] = emptiest;
    chosen.push({ subnetId, zone });
    count(inZone, zone);
    count(inSubnet, subnetId);
  }
  return chosen;
}

/**
 * Whether an instance should move: it is in a zone that is no longer the group's, or in one that has two more than
 * another. Instances protected from scale-in stay where they are.
 */
export function isUnbalanced(group: Group): boolean {
  const zones = new Set(group.zones.values());
  const members = present(group);
  const inZone = (zone: string): number =>
    members.filter(({ availabilityZone }) => availabilityZone === zone).length;
  const fewest = Math.min(...[...zones].map(inZone));
  return members.some(
    ({ availabilityZone: zone, protectedFromScaleIn }) =>
      !protectedFromScaleIn && (!zones.has(zone) || inZone(zone) > fewest + 1),
  );
}
