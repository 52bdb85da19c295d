import type { Activity } from '@aws-sdk/client-auto-scaling';

import type { Activities } from './activities';
import type { Clock } from '../clock';
import { type Ec2Gateway, NoCapacity, groupTag } from './gateway';
import { type Group, present } from './group';
import type { Member } from './member';
import { type Purchase, launchTemplateOf, purchases } from './mix';
import { type Place, places } from './placement';
import { failedAgain, longestRetrySeconds, mustWait } from './retry';
import { type WarmPool, staying } from './warm-pool/pool';

type Extra = Member['extra'];

/** An instance that is to be launched. */
interface Wanted extends Place {
  readonly purchase: Purchase;
  readonly extra?: Extra;
  /** Launched into this pool, or else into the group. */
  readonly pool?: WarmPool | undefined;
}

/**
 * Why a group gets its next instance: one that replaces another first.
 *
 * @param from its capacity without it.
 */
export function nextCause(group: Group, from: number): readonly (string | undefined)[] {
  const replacement = group.replacements.shift();
  return replacement !== undefined
    ? [replacement]
    : [
        group.demand,
        `an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${from} to ${from + 1}.`,
      ];
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
    await this.launchAll(group, missing, {}, (index) => nextCause(group, from + index));
  }

  /**
   * Launches instances over the desired capacity, each to take the place of another.
   *
   * @param leaving those whose places are taken.
   */
  async launchExtra(
    group: Group,
    howMany: number,
    why: NonNullable<Extra>,
    cause: string,
    leaving: readonly Member[],
  ): Promise<void> {
    if (!this.mustWait(group)) {
      await this.launchAll(group, howMany, { extra: why, leaving }, () => [cause]);
    }
  }

  /** Launches instances into the warm pool of a group. */
  async launchWarm(group: Group, pool: WarmPool, howMany: number): Promise<void> {
    if (!this.mustWait(group)) {
      await this.launchAll(group, howMany, { pool }, () => [
        'an instance was launched into the warm pool in response to a difference between its desired and actual capacity.',
      ]);
    }
  }

  private async launchAll(
    group: Group,
    howMany: number,
    { extra, pool, leaving = [] }: Pick<Wanted, 'extra' | 'pool'> & { readonly leaving?: readonly Member[] },
    causes: (index: number) => readonly (string | undefined)[],
  ): Promise<void> {
    const place = pool ?? group;
    place.launching += howMany;
    const beside = present(group).filter((member) => !leaving.includes(member));
    const bought = purchases(group, howMany, beside);
    await Promise.all(
      places(group, howMany, [], pool === undefined ? beside : staying(pool)).map(async (where, index) => {
        const wanted = { ...where, purchase: bought[index] ?? { spot: false }, extra, pool };
        await this.launch(group, wanted, causes(index));
        place.launching -= 1;
      }),
    );
  }

  /**
   * A zone without room is passed over for the others, unless the group's zones are to stay balanced.
   * Sources: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-capacity.html and
   * ec2-auto-scaling-availability-zone-balanced.html
   *
   * @param full zones that have no room.
   */
  private async launch(
    group: Group,
    wanted: Wanted,
    causes: readonly (string | undefined)[],
    full: readonly string[] = [],
  ): Promise<void> {
    const { pool } = wanted;
    const activity = this.activities.beginLaunch(group, causes, pool && 'pool');
    try {
      (pool ?? group).members.push(await this.request(group, wanted, activity));
      delete group.launchFailures;
    } catch (error) {
      this.activities.fail(activity, error, 'Launching');
      if (wanted.extra === 'balance') {
        group.rebalanceAfter = this.clock.later(longestRetrySeconds);
        return;
      }
      const tried = [...full, wanted.zone];
      const { CapacityDistributionStrategy: strategy } = group.settings.AvailabilityZoneDistribution ?? {};
      const moves = error instanceof NoCapacity && strategy !== 'balanced-only';
      const [elsewhere] = moves ? places(group, 1, tried, pool && staying(pool)) : [];
      if (elsewhere === undefined) {
        this.postpone(group);
      } else {
        await this.launch(group, { ...wanted, ...elsewhere }, causes, tried);
      }
    }
  }

  private async request(
    group: Group,
    { subnetId, zone, purchase, extra, pool }: Wanted,
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
      lifecycleState: pool === undefined ? 'Pending' : 'Warmed:Pending',
      healthStatus: 'Healthy',
      protectedFromScaleIn: pool === undefined && NewInstancesProtectedFromScaleIn,
      spot: purchase.spot,
      launchedAt: this.clock.now(),
      ...(extra === undefined ? {} : { extra }),
      waits: [],
      activity,
    };
  }

  private mustWait({ launchFailures }: Group): boolean {
    return mustWait(launchFailures, this.clock);
  }

  /** Launches that failed together count as one failure. */
  private postpone(group: Group): void {
    if (!this.mustWait(group)) {
      group.launchFailures = failedAgain(group.launchFailures, this.clock);
    }
  }
}
