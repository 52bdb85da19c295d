import { type Group, present } from './group';
import type { Member } from './member';
import { launchTemplateOf, ofSurplusType } from './mix';

const hourMs = 3_600_000;

/** Chooses among members those that a policy would terminate first: one, or several that are alike to it. */
type Policy = (members: readonly Member[], now: Date, group: Group) => Member[];

/** The members for which a number is smallest. */
function least(members: readonly Member[], measure: (member: Member) => number): Member[] {
  const smallest = Math.min(...members.map(measure));
  return members.filter((member) => measure(member) === smallest);
}

/** Those of a launch template that is not the group's any more, or else those of its oldest version. */
const oldestTemplate: Policy = (members, _now, group) => {
  const { LaunchTemplateId } = launchTemplateOf(group);
  return least(members, ({ launchTemplate }) =>
    launchTemplate?.LaunchTemplateId === LaunchTemplateId ? Number(launchTemplate?.Version ?? 0) : -1,
  );
};
const closestToNextHour: Policy = (members, now) =>
  least(members, ({ launchedAt }) => hourMs - ((now.getTime() - launchedAt.getTime()) % hourMs));

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html */
const policies: Readonly<Record<string, readonly Policy[]>> = {
  Default: [oldestTemplate, closestToNextHour],
  OldestLaunchTemplate: [oldestTemplate],
  ClosestToNextInstanceHour: [closestToNextHour],
  NewestInstance: [(members) => least(members, ({ launchedAt }) => -launchedAt.getTime())],
  OldestInstance: [(members) => least(members, ({ launchedAt }) => launchedAt.getTime())],
  // Groups here have launch templates only, and no mix of purchase options that could drift.
  OldestLaunchConfiguration: [],
  AllocationStrategy: [],
};

/** Names of the termination policies. */
export const terminationPolicies = Object.keys(policies);

/** Members in the zones that are not the group's any more, or else in the zones with the most instances. */
function ofFullestZones(group: Group, candidates: readonly Member[]): Member[] {
  const zones = new Set(group.zones.values());
  const strayed = candidates.filter(({ availabilityZone }) => !zones.has(availabilityZone));
  if (strayed.length > 0) {
    return strayed;
  }
  const members = present(group);
  const inZone = (zone: string): number =>
    members.filter(({ availabilityZone }) => availabilityZone === zone).length;
  return least(candidates, ({ availabilityZone }) => -inZone(availabilityZone));
}

/** Whom of some members to terminate first: of the zone with the most instances, by the group's termination policies one after the other. */
export function firstToGo(group: Group, candidates: readonly Member[], now: Date): Member | undefined {
  if (candidates.length === 0) {
    return undefined;
  }
  const inTurn = group.settings.TerminationPolicies.flatMap((name) => policies[name] ?? []);
  return inTurn.reduce((rest, policy) => policy(rest, now, group), ofFullestZones(group, candidates))[0];
}

/**
 * Whom to terminate when a group has too many: one that is not protected from scale-in, of the purchase option of which
 * there are too many.
 *
 * @returns `undefined` when every instance is protected.
 */
export function chooseVictim(group: Group, now: Date): Member | undefined {
  const counted = present(group).filter(({ extra }) => extra === undefined);
  const candidates = counted.filter(({ protectedFromScaleIn }) => !protectedFromScaleIn);
  return firstToGo(group, ofSurplusType(group, candidates, counted), now);
}
