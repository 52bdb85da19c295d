import type { Clock } from '../clock';
import { type Group, performs, present } from './group';
import type { Launcher } from './launcher';
import type { Lifecycle } from './lifecycle';
import type { Member } from './member';
import { pace } from './refresh/pace';
import { warmingUp } from './scaling/cooldown';

/** A member that is to be replaced. */
export interface Replacement {
  readonly member: Member;
  /** What it is in response to, for the cause of its end. */
  readonly because: string;
  /** The same for the cause of the launch. */
  readonly launchedFor: string;
  /** It serves as well as it can until another takes its place. */
  readonly serves: boolean;
}

/** Replaces members of groups, within what their instance maintenance policies allow. */
export class Replacer {
  constructor(
    private readonly clock: Clock,
    private readonly lifecycle: Lifecycle,
    private readonly launcher: Launcher,
  ) {}

  /**
   * Ends members so that the group launches others; with an instance maintenance policy no more of those that serve than
   * it allows, and where it allows more than the desired capacity, the others are launched first.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html
   */
  async advance(group: Group, due: readonly Replacement[]): Promise<void> {
    const { InstanceMaintenancePolicy: policy } = group.settings;
    const waiting = due.filter(({ serves }) => serves && policy !== undefined);
    for (const replacement of due.filter((each) => !waiting.includes(each))) {
      this.end(group, replacement);
    }
    const [next] = waiting;
    if (policy === undefined || next === undefined) {
      release(group);
      return;
    }
    const { terminate, launch } = pace(this.standing(group, waiting), {
      minHealthy: policy.MinHealthyPercentage ?? 100,
      maxHealthy: policy.MaxHealthyPercentage,
    });
    for (const replacement of waiting.slice(0, terminate)) {
      this.end(group, replacement);
    }
    if (launch > 0 && performs(group, 'Launch')) {
      const leaving = waiting.map(({ member }) => member);
      const cause = `an instance was launched in response to ${next.launchedFor}`;
      await this.launcher.launchExtra(group, launch, 'replacement', cause, leaving);
    }
  }

  private standing(group: Group, waiting: readonly Replacement[]): Parameters<typeof pace>[0] {
    const leaving = new Set(waiting.map(({ member }) => member));
    const members = present(group);
    return {
      desired: group.settings.DesiredCapacity,
      total: members.length + group.launching,
      ready: members.filter((member) => leaving.has(member) || this.isWarm(group, member)).length,
      outdated: waiting.length,
      allowed: waiting.length,
    };
  }

  private isWarm(group: Group, member: Member): boolean {
    return !warmingUp(group, group.settings.DefaultInstanceWarmup ?? 0, this.clock).includes(member);
  }

  private end(group: Group, { member, because, launchedFor }: Replacement): void {
    this.lifecycle.beginTermination(group, member, [
      `an instance was taken out of service in response to ${because}`,
    ]);
    const successor = group.members.find(
      (other) => other.extra === 'replacement' && this.isWarm(group, other),
    );
    if (successor === undefined) {
      group.replacements.push(`an instance was launched in response to ${launchedFor}`);
    } else {
      delete successor.extra;
    }
  }
}

/** What was launched in the place of others counts, once none is to be replaced any more. */
function release({ members }: Group): void {
  for (const member of members) {
    if (member.extra === 'replacement') {
      delete member.extra;
    }
  }
}
