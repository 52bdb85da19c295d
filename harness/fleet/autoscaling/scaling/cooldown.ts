import type { Clock } from '../../clock';
import { type Group, inTransition, present } from '../group';
import type { Member } from '../member';

/**
 * Lets the cooldown of a group run once the launches and terminations that it follows are done, and end.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html
 */
export function advanceCooldown(group: Group, clock: Clock): void {
  const { cooldown } = group;
  if (cooldown === undefined || inTransition(group)) {
    return;
  }
  cooldown.until ??= clock.later(cooldown.seconds);
  if (cooldown.until <= clock.now()) {
    delete group.cooldown;
  }
}

/** Whether simple scaling has to wait. */
export function coolsDown(group: Group, clock: Clock): boolean {
  const { cooldown } = group;
  return cooldown !== undefined && (cooldown.until === undefined || cooldown.until > clock.now());
}

/**
 * Members that do not count yet for step scaling and target tracking: not in service, or not for long enough.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html
 */
export function warmingUp(group: Group, seconds: number, clock: Clock): Member[] {
  const now = clock.now().getTime();
  const lastsMs = clock.lasts(seconds);
  return present(group).filter(
    ({ inServiceSince }) => inServiceSince === undefined || inServiceSince.getTime() + lastsMs > now,
  );
}
