import type { Clock } from '../clock';
import { type Group, inTransition, performs, present } from './group';
import type { Lifecycle } from './lifecycle';

/** AWS replaces up to a tenth of the capacity at once. */
const atOnce = 0.1;

/**
 * Replaces instances that live for longer than the group lets them, the oldest first, the next when the replacements are
 * in service. Protection from scale-in lengthens a life.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html
 */
export function endOldest(group: Group, lifecycle: Lifecycle, clock: Clock): void {
  const { MaxInstanceLifetime, DesiredCapacity } = group.settings;
  const members = present(group);
  const isWhole = !inTransition(group) && members.length >= DesiredCapacity;
  if (MaxInstanceLifetime === undefined || !isWhole || !performs(group, 'Launch', 'Terminate')) {
    return;
  }
  const now = clock.now().getTime();
  const lifetimeMs = clock.lasts(MaxInstanceLifetime);
  const over = members
    .filter(
      ({ launchedAt, protectedFromScaleIn }) =>
        !protectedFromScaleIn && launchedAt.getTime() + lifetimeMs <= now,
    )
    .sort((a, b) => a.launchedAt.getTime() - b.launchedAt.getTime());
  for (const member of over.slice(0, Math.max(1, Math.floor(DesiredCapacity * atOnce)))) {
    lifecycle.beginTermination(group, member, [
      'an instance was taken out of service in response to reaching its maximum lifetime.',
    ]);
    group.replacements.push(
      'an instance was launched in response to an instance reaching its maximum lifetime.',
    );
  }
}
