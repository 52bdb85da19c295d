import type { Clock } from '../clock';
import { type Group, inTransition, performs, present } from './group';
import type { Replacement } from './replacer';

/** AWS replaces up to a tenth of the capacity at once. */
const atOnce = 0.1;

/**
 * Finds instances that live for longer than the group lets them, the oldest first; without an instance maintenance policy
 * the next when the replacements are in service. Protection from scale-in lengthens a life.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html
 */
export function overAge(group: Group, clock: Clock): Replacement[] {
  const { MaxInstanceLifetime, DesiredCapacity, InstanceMaintenancePolicy: policy } = group.settings;
  const members = present(group);
  const isWhole = !inTransition(group) && members.length >= DesiredCapacity;
  if (
    MaxInstanceLifetime === undefined ||
    (policy === undefined && !isWhole) ||
    !performs(group, 'Launch', 'Terminate')
  ) {
    return [];
  }
  const now = clock.now().getTime();
  const lifetimeMs = clock.lasts(MaxInstanceLifetime);
  return members
    .filter(
      ({ healthStatus, launchedAt, lifecycleState, protectedFromScaleIn }) =>
        healthStatus === 'Healthy' &&
        lifecycleState === 'InService' &&
        !protectedFromScaleIn &&
        launchedAt.getTime() + lifetimeMs <= now,
    )
    .sort((a, b) => a.launchedAt.getTime() - b.launchedAt.getTime())
    .slice(0, Math.max(1, Math.floor(DesiredCapacity * atOnce)))
    .map((member) => ({
      member,
      because: 'reaching its maximum lifetime.',
      launchedFor: 'an instance reaching its maximum lifetime.',
      serves: true,
    }));
}
