import type { Activities } from '../activities';
import type { Ec2Gateway, InstanceState } from '../gateway';
import { type Group, performs, present } from '../group';
import type { Member } from '../member';
import { type Launcher, nextCause } from '../launcher';
import type { Lifecycle } from '../lifecycle';
import { places } from '../placement';
import { activeRefresh } from '../refresh/refresh';
import { firstToGo } from '../termination';
import type { Clock } from '../../clock';
import { type WarmPool, isPrepared, sizeOf, staying, wantedSize } from './pool';

/** What a warm pool is made with. */
export interface WarmerOptions {
  readonly ec2: Ec2Gateway;
  readonly clock: Clock;
  readonly activities: Activities;
  readonly lifecycle: Lifecycle;
  readonly launcher: Launcher;
}

/** Fills the warm pools of groups, keeps them healthy, and takes instances out of them. */
export class Warmer {
  constructor(private readonly options: WarmerOptions) {}

  /**
   * Takes what a group misses out of its pool, as far as there is something prepared; the rest is launched. During an
   * instance refresh nothing is taken that is to be replaced.
   */
  async draw(group: Group): Promise<void> {
    const { pool } = group;
    const from = present(group).length + group.launching;
    const missing = group.settings.DesiredCapacity - from;
    const stopped: Member[] = [];
    for (let index = 0; index < missing && pool !== undefined; index += 1) {
      const member = this.choose(group, pool);
      if (member === undefined) {
        break;
      }
      if (member.lifecycleState !== 'Warmed:Running') {
        stopped.push(member);
      }
      this.takeOut(group, pool, member, from + index);
    }
    await this.start(group, stopped);
  }

  /** Does what the pool of a group, if any, needs now. */
  async advance(group: Group, states: ReadonlyMap<string, InstanceState>): Promise<void> {
    const { pool } = group;
    if (pool === undefined) {
      return;
    }
    for (const member of staying(pool)) {
      const state = states.get(member.instanceId);
      this.prepare(group, pool, member, state);
      this.heal(group, member, state);
    }
    await this.stop(pool, states);
    this.shrink(group, pool);
    await this.fill(group, pool);
    if (pool.configuration.Status === 'PendingDelete' && pool.members.length + pool.launching === 0) {
      delete group.pool;
    }
  }

  /** A prepared instance in the zone where the group would launch one, or else in any. */
  private choose(group: Group, pool: WarmPool): Member | undefined {
    const outdated = activeRefresh(group)?.outdated;
    const ready = pool.members.filter(
      (member) =>
        isPrepared(member) && member.healthStatus === 'Healthy' && outdated?.has(member.instanceId) !== true,
    );
    const [place] = places(group, 1);
    return ready.find(({ availabilityZone }) => availabilityZone === place?.zone) ?? ready[0];
  }

  private takeOut(group: Group, pool: WarmPool, member: Member, from: number): void {
    pool.members = pool.members.filter((other) => other !== member);
    group.members.push(member);
    member.lifecycleState = 'Pending';
    member.drawn = true;
    member.protectedFromScaleIn = group.settings.NewInstancesProtectedFromScaleIn;
    member.activity = this.options.activities.begin(
      group,
      `Launching a new EC2 instance from warm pool: ${member.instanceId}`,
      nextCause(group, from),
    );
  }

  /** What EC2 does not start is ended, and the group launches another. */
  private async start(group: Group, members: readonly Member[]): Promise<void> {
    const { ec2, activities, lifecycle } = this.options;
    await Promise.all(
      members.map(async (member) => {
        try {
          await ec2.start([member.instanceId]);
        } catch (error) {
          activities.fail(member.activity, error, 'Launching');
          lifecycle.beginTermination(group, member, [
            'an instance was taken out of service in response to a failure to start it.',
          ]);
        }
      }),
    );
  }

  /** Takes an instance that is on its way into the pool a step further. */
  private prepare(group: Group, pool: WarmPool, member: Member, state: InstanceState | undefined): void {
    const { lifecycle } = this.options;
    if (member.lifecycleState === 'Warmed:Pending' && member.drains !== true && state === 'running') {
      lifecycle.beginWarming(group, member);
    }
    if (member.lifecycleState === 'Warmed:Pending:Proceed') {
      if (pool.configuration.PoolState === 'Running' && state === 'running') {
        lifecycle.putInPool(member, 'Running');
      } else if (state === 'stopped') {
        lifecycle.putInPool(member, 'Stopped');
      }
    }
  }

  /**
   * Replaces what is not as the pool left it, and what someone set unhealthy. There is no grace period in a pool, and
   * before the hooks are done only the end of an instance counts.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pools-health-checks-monitor-view-status.html
   */
  private heal(group: Group, member: Member, state: InstanceState | undefined): void {
    const gone = state === 'terminated' || state === 'shutting-down';
    const expected = member.lifecycleState === 'Warmed:Running' ? 'running' : 'stopped';
    const changed = isPrepared(member) && state !== undefined && state !== expected;
    if ((gone || changed) && performs(group, 'HealthCheck')) {
      member.healthStatus = 'Unhealthy';
    }
    if (member.healthStatus === 'Unhealthy' && performs(group, 'ReplaceUnhealthy', 'Terminate')) {
      const check =
        gone || changed
          ? 'an EC2 health check indicating it has been terminated, stopped or started.'
          : 'a user health-check.';
      this.options.lifecycle.beginTermination(group, member, [
        `an instance was taken out of service in response to ${check}`,
      ]);
    }
  }

  private async stop(pool: WarmPool, states: ReadonlyMap<string, InstanceState>): Promise<void> {
    const due = staying(pool).filter(
      ({ instanceId, lifecycleState }) =>
        lifecycleState === 'Warmed:Pending:Proceed' && states.get(instanceId) === 'running',
    );
    if (pool.configuration.PoolState === 'Stopped' && due.length > 0) {
      await this.options.ec2.stop(due.map(({ instanceId }) => instanceId));
    }
  }

  /** Ends what is too much: of a pool that is deleted everything, else only what is prepared. */
  private shrink(group: Group, pool: WarmPool): void {
    const isDeleted = pool.configuration.Status === 'PendingDelete';
    while (sizeOf(pool) > wantedSize(group, pool) && performs(group, 'Terminate')) {
      const candidates = staying(pool).filter((member) => isDeleted || isPrepared(member));
      const victim = firstToGo(group, candidates, this.options.clock.now());
      if (victim === undefined) {
        return;
      }
      this.options.lifecycle.beginTermination(group, victim, [
        'an instance was taken out of the warm pool in response to a difference between its desired and actual capacity.',
        `instance ${victim.instanceId} was selected for termination.`,
      ]);
    }
  }

  /** The group comes first: its pool is filled once the group has what it wants. */
  private async fill(group: Group, pool: WarmPool): Promise<void> {
    const isWhole = present(group).length + group.launching >= group.settings.DesiredCapacity;
    const missing = wantedSize(group, pool) - sizeOf(pool);
    if (isWhole && missing > 0 && performs(group, 'Launch')) {
      await this.options.launcher.launchWarm(group, pool, missing);
    }
  }
}
