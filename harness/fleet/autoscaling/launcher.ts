import type { Activity } from '@aws-sdk/client-auto-scaling';

import type { Activities } from './activities';
import type { Clock } from '../clock';
import { type Ec2Gateway, NoCapacity, groupTag } from './gateway';
import { type Group, type Member, present } from './group';
import { type Purchase, purchases } from './mix';
import { type Place, places } from './placement';
import { launchTemplateOf } from './refresh/refresh';

/** How long a group waits after a launch that failed, in seconds: doubled by each further failure, up to the longest. */
const firstRetrySeconds = 5;
const longestRetrySeconds = 300;

type Extra = Member['extra'];

/** An instance that is to be launched. */
interface Wanted extends Place {
  readonly purchase: Purchase;
  readonly extra: Extra;
}

/** Launches instances for groups. */
export class Launcher {
  constructor(
    private readonly ec2: Ec2Gateway,
    private readonly clock: Clock,
    private readonly activities: Activities,
  ) {}

  /** Launches what a group misses, all at once. */
  async grow(group: Group): Promise<void> {
    const from = present(group).length + group.launching;
    const missing = group.settings.DesiredCapacity - from;
    if (missing <= 0 || this.mustWait(group)) {
      return;
    }
    const { demand } = group;
    await this.launchAll(group, missing, undefined, (index) => {
      const replacement = group.replacements.shift();
      if (replacement !== undefined) {
        return [replacement];
      }
      return [
        demand,
        `an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${from + index} to ${from + index + 1}.`,
      ];
    });
  }

  /** Launches instances over the desired capacity, each to take the place of another. */
  async launchExtra(group: Group, howMany: number, why: NonNullable<Extra>, cause: string): Promise<void> {
    if (!this.mustWait(group)) {
      await this.launchAll(group, howMany, why, () => [cause]);
    }
  }

  private async launchAll(
    group: Group,
    howMany: number,
    extra: Extra,
    causes: (index: number) => readonly (string | undefined)[],
  ): Promise<void> {
    group.launching += howMany;
    const bought = purchases(group, howMany);
    await Promise.all(
      places(group, howMany).map(async (place, index) => {
        const wanted = { ...place, purchase: bought[index] ?? { spot: false }, extra };
        await this.launch(group, wanted, causes(index));
        group.launching -= 1;
      }),
    );
  }

  /**
   * A zone without room is passed over for the others.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-capacity.html
   *
   * @param full zones that have no room.
   */
  private async launch(
    group: Group,
    wanted: Wanted,
    causes: readonly (string | undefined)[],
    full: readonly string[] = [],
  ): Promise<void> {
    const activity = this.activities.beginLaunch(group, causes);
    try {
      group.members.push(await this.request(group, wanted, activity));
      delete group.launchFailures;
    } catch (error) {
      this.activities.failLaunch(activity, error instanceof Error ? error.message : String(error));
      if (wanted.extra === 'balance') {
        group.rebalanceAfter = this.clock.later(longestRetrySeconds);
        return;
      }
      const tried = [...full, wanted.zone];
      const [elsewhere] = error instanceof NoCapacity ? places(group, 1, tried) : [];
      if (elsewhere === undefined) {
        this.postpone(group);
      } else {
        await this.launch(group, { ...wanted, ...elsewhere }, causes, tried);
      }
    }
  }

  private async request(
    group: Group,
    { subnetId, zone, purchase, extra }: Wanted,
    activity: Activity,
  ): Promise<Member> {
    const { AutoScalingGroupName, NewInstancesProtectedFromScaleIn } = group.settings;
    const template = await this.ec2.resolveTemplate(launchTemplateOf(group));
    const propagated = [...group.tags.values()].filter(({ PropagateAtLaunch }) => PropagateAtLaunch);
    const { instanceId, instanceType } = await this.ec2.launch({
      template,
      subnetId,
      purchase,
      tags: {
        ...Object.fromEntries(propagated.map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
        [groupTag]: AutoScalingGroupName,
      },
    });
    this.activities.launched(activity, instanceId, subnetId, zone);
    return {
      instanceId,
      instanceType,
      subnetId,
      availabilityZone: zone,
      launchTemplate: template,
      lifecycleState: 'Pending',
      healthStatus: 'Healthy',
      protectedFromScaleIn: NewInstancesProtectedFromScaleIn,
      spot: purchase.spot,
      launchedAt: this.clock.now(),
      ...(extra === undefined ? {} : { extra }),
      waits: [],
      activity,
    };
  }

  private mustWait({ launchFailures }: Group): boolean {
    return launchFailures !== undefined && launchFailures.retryAt > this.clock.now();
  }

  /** Launches that failed together count as one failure. */
  private postpone(group: Group): void {
    if (!this.mustWait(group)) {
      const count = (group.launchFailures?.count ?? 0) + 1;
      const seconds = Math.min(firstRetrySeconds * 2 ** (count - 1), longestRetrySeconds);
      group.launchFailures = { count, retryAt: this.clock.later(seconds) };
    }
  }
}
