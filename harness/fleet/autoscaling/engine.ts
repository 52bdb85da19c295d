import { allOf } from '../../support/closing';
import { Activities } from './activities';
import { type Clock, WallClock } from '../clock';
import type { Ec2Gateway, InstanceState } from './gateway';
import { type Group, everyMember, performs, present } from './group';
import { unhealthy } from './health';
import { Launcher } from './launcher';
import { Lifecycle } from './lifecycle';
import { overAge } from './lifetime';
import { Announcer } from './notifications/announcer';
import type { NotificationGateway } from '../notifications';
import { isUnbalanced } from './placement';
import { activeRefresh } from './refresh/refresh';
import { Refresher } from './refresh/refresher';
import { Replacer } from './replacer';
import type { AlarmGateway } from './scaling/alarms';
import { advanceCooldown } from './scaling/cooldown';
import { Scaling } from './scaling/scaling';
import { runSchedules } from './scaling/schedule';
import type { Store } from './store';
import { chooseVictim, firstToGo } from './termination';
import { Terminator } from './terminator';
import type { TrafficGateway } from './traffic/gateway';
import { Traffic } from './traffic/traffic';
import { sizeOf, wantedSize } from './warm-pool/pool';
import { Warmer } from './warm-pool/warmer';

/** The services that groups need. */
export interface Gateways {
  readonly ec2: Ec2Gateway;
  readonly alarms: AlarmGateway;
  readonly notifications: NotificationGateway;
  readonly traffic: TrafficGateway;
}

/** Makes the groups what they are told to be: launches, heals, waits for hooks, balances, terminates. */
export class Engine {
  readonly activities: Activities;
  readonly lifecycle: Lifecycle;
  readonly scaling: Scaling;
  readonly refresher: Refresher;
  readonly announcer: Announcer;
  readonly traffic: Traffic;
  private readonly ec2: Ec2Gateway;
  private readonly launcher: Launcher;
  private readonly replacer: Replacer;
  private readonly terminator: Terminator;
  private readonly warmer: Warmer;
  private running: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly store: Store,
    { ec2, alarms, notifications, traffic }: Gateways,
    readonly clock: Clock = new WallClock(),
  ) {
    this.ec2 = ec2;
    this.activities = new Activities(clock);
    this.announcer = new Announcer(notifications, clock, store.home.accountId);
    this.traffic = new Traffic(traffic, clock);
    this.lifecycle = new Lifecycle(clock, this.activities, this.traffic);
    this.scaling = new Scaling(store, alarms, clock);
    this.launcher = new Launcher(ec2, clock, this.activities);
    this.replacer = new Replacer(clock, this.lifecycle, this.launcher);
    this.terminator = new Terminator(ec2, clock, this.activities);
    this.refresher = new Refresher(clock, this.lifecycle, this.launcher, this.scaling.watch);
    const { activities, lifecycle, launcher } = this;
    this.warmer = new Warmer({ ec2, clock, activities, lifecycle, launcher });
  }

  /**
   * Brings every group as close to what it should be as it can be now. Calls during a run make it run once more. What
   * EC2 refuses stands in the activities. What else goes wrong with a group, EC2 that does not answer for example, keeps
   * neither the other groups nor the alarms from their work, and the call rejects in the end, with all that did.
   */
  async tick(): Promise<void> {
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    await this.running;
  }

  private async run(): Promise<void> {
    const failures: unknown[] = [];
    await this.runUntilQuiet(failures);
    this.scaling.watch.look();
    this.again = true;
    await this.runUntilQuiet(failures);
    if (failures.length > 0) {
      throw allOf(failures);
    }
  }

  private async runUntilQuiet(failures: unknown[]): Promise<void> {
    while (this.again) {
      this.again = false;
      const groups = [...this.store.groups.values()];
      await Promise.all(groups.map((group) => this.reconcile(group, failures)));
    }
  }

  private async reconcile(group: Group, failures: unknown[]): Promise<void> {
    const keep = (failure: unknown): void => {
      failures.push(failure);
    };
    const before = fingerprint(group);
    await this.advance(group).catch(keep);
    if (fingerprint(group) !== before) {
      this.again = true;
    }
    await this.announcer.announce(group).catch(keep);
  }

  private async advance(group: Group): Promise<void> {
    runSchedules(group, this.clock);
    const states = await this.look(group);
    const due = [...unhealthy(group, states, this.traffic), ...overAge(group, this.clock)];
    await this.replacer.advance(group, due);
    this.lifecycle.expire(group);
    this.settlePending(group, states);
    this.traffic.settle(group);
    this.lifecycle.endDrained(group);
    if (await this.terminator.advance(group, states)) {
      this.again = true;
    }
    await this.refresher.advance(group);
    this.shrink(group);
    if (performs(group, 'Launch')) {
      await this.warmer.draw(group);
      await this.launcher.grow(group);
      await this.rebalance(group);
    }
    await this.warmer.advance(group, states);
    if (present(group).length + group.launching === group.settings.DesiredCapacity) {
      delete group.demand;
      group.replacements = [];
    }
    advanceCooldown(group, this.clock);
    const isEmpty = group.members.length + group.launching === 0 && group.pool === undefined;
    if (group.status !== undefined && isEmpty) {
      this.store.remove(group);
    }
  }

  /** The members' states; what EC2 does not know any more is terminated. */
  private async look(group: Group): Promise<Map<string, InstanceState>> {
    const instanceIds = everyMember(group).map(({ instanceId }) => instanceId);
    const known = await this.ec2.states(instanceIds);
    return new Map(instanceIds.map((instanceId) => [instanceId, known.get(instanceId) ?? 'terminated']));
  }

  private settlePending(group: Group, states: ReadonlyMap<string, InstanceState>): void {
    for (const member of group.members) {
      if (member.lifecycleState === 'Pending' && states.get(member.instanceId) === 'running') {
        this.lifecycle.beginService(group, member);
      }
      if (member.lifecycleState === 'Pending:Proceed') {
        this.lifecycle.putInService(member);
      }
    }
  }

  /**
   * Takes out what is too much. Instances that are to take another's place count once they are in service, those of a
   * refresh once it is over.
   */
  private shrink(group: Group): void {
    const refreshes = activeRefresh(group) !== undefined;
    for (const member of group.members) {
      const { extra, lifecycleState } = member;
      if ((extra === 'balance' && lifecycleState === 'InService') || (extra === 'refresh' && !refreshes)) {
        delete member.extra;
      }
    }
    const counted = (): number => present(group).filter(({ extra }) => extra === undefined).length;
    const { demand } = group;
    while (counted() > group.settings.DesiredCapacity && performs(group, 'Terminate')) {
      const victim = chooseVictim(group, this.clock.now());
      if (victim === undefined) {
        return;
      }
      const from = counted();
      const causes = [
        demand,
        `an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${from} to ${from - 1}.`,
        `instance ${victim.instanceId} was selected for termination.`,
      ];
      const { pool } = group;
      const isReused = pool?.configuration.InstanceReusePolicy?.ReuseOnScaleIn === true;
      if (isReused && sizeOf(pool) < wantedSize(group, pool)) {
        group.members = group.members.filter((member) => member !== victim);
        pool.members.push(victim);
        this.lifecycle.beginReturn(group, victim, causes);
      } else {
        this.lifecycle.beginTermination(group, victim, causes);
      }
    }
  }

  /** Moves one instance at a time to an emptier zone: first a new one there, then `shrink` ends one of the fullest. */
  private async rebalance(group: Group): Promise<void> {
    const moving =
      group.launching > 0 ||
      group.members.some(
        ({ extra, lifecycleState }) => extra !== undefined || !/^(InService|Standby)$/.test(lifecycleState),
      );
    if (
      !moving &&
      (group.rebalanceAfter === undefined || group.rebalanceAfter <= this.clock.now()) &&
      activeRefresh(group) === undefined &&
      performs(group, 'AZRebalance', 'Terminate') &&
      isUnbalanced(group)
    ) {
      const movable = present(group).filter(({ protectedFromScaleIn }) => !protectedFromScaleIn);
      const leaving = firstToGo(group, movable, this.clock.now());
      await this.launcher.launchExtra(
        group,
        1,
        'balance',
        'instances were launched to balance instances in zones with other zones resulting in more than desired number of instances in the group.',
        leaving === undefined ? [] : [leaving],
      );
    }
  }
}

/** Differs when anything has moved that may let something else move. */
function fingerprint(group: Group): string {
  const { launching, pool, settings, status } = group;
  const states = everyMember(group).map(
    ({ instanceId, lifecycleState }) => `${instanceId}=${lifecycleState}`,
  );
  return [
    ...states,
    launching,
    pool?.launching,
    settings.DesiredCapacity,
    status,
    activeRefresh(group)?.shown.Status,
  ].join();
}
