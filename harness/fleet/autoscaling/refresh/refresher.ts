import type { Clock } from '../../clock';
import { type Group, performs, present } from '../group';
import type { Member } from '../member';
import type { Launcher } from '../launcher';
import type { Lifecycle } from '../lifecycle';
import { templateOf } from '../mix';
import type { AlarmWatch } from '../scaling/alarm-watch';
import { firstToGo } from '../termination';
import { isPrepared } from '../warm-pool/pool';
import { type Refresh, activeRefresh, isOf } from './refresh';
import { pace } from './pace';
import { type View, checkpointOf, showPoolProgress, showProgress } from './progress';

/** How long protected and standby instances are waited for, in seconds. Source: API_RefreshPreferences, «Wait». */
const longestBlockSeconds = 3_600;

const cause = 'in response to an instance refresh.';

/** Whether the group may do both halves of a replacement: nothing goes that would not come again, and the other way round. */
const replaces = (group: Group): boolean => performs(group, 'Launch', 'Terminate');

/** Takes instance refreshes of groups forward, and back. */
export class Refresher {
  constructor(
    private readonly clock: Clock,
    private readonly lifecycle: Lifecycle,
    private readonly launcher: Launcher,
    private readonly watch: AlarmWatch,
  ) {}

  /** Does what the active refresh of a group, if any, can do now. */
  async advance(group: Group): Promise<void> {
    const refresh = activeRefresh(group);
    if (refresh === undefined || group.status !== undefined || !performs(group, 'InstanceRefresh')) {
      return;
    }
    const { shown } = refresh;
    if (shown.Status === 'Pending') {
      shown.Status = 'InProgress';
    }
    const alarm = (refresh.preferences.AlarmSpecification?.Alarms ?? []).find(
      (name) => this.watch.stateOf(name) === 'ALARM',
    );
    if (shown.Status === 'Cancelling') {
      this.cancelled(group, refresh);
    } else if (alarm !== undefined && shown.Status !== 'RollbackInProgress') {
      this.fail(group, refresh, `The CloudWatch alarm ${alarm} is in the ALARM state.`);
    } else if (!this.pauses(refresh)) {
      if (shown.Status === 'Baking') {
        this.succeed(group, refresh);
      } else {
        await this.replace(group, refresh);
      }
    }
  }

  /** Turns a refresh round: new instances are replaced by ones of the group's own template. */
  rollBack(group: Group, refresh: Refresh, reason: string): void {
    const { shown } = refresh;
    const { LaunchTemplateId = '', LaunchTemplateName = '', Version = '' } = templateOf(group.settings);
    const previous = { LaunchTemplateId, LaunchTemplateName, Version };
    const isChanged = (member: Member): boolean => !isOf(member, previous);
    const changed = group.members.filter(isChanged);
    const inPool = (group.pool?.members ?? []).filter(isChanged);
    refresh.template = previous;
    refresh.outdated = new Set([...changed, ...inPool].map(({ instanceId }) => instanceId));
    refresh.total = changed.length;
    refresh.totalInPool = inPool.length;
    delete refresh.pausedUntil;
    delete refresh.blockedUntil;
    shown.RollbackDetails = {
      RollbackReason: reason,
      RollbackStartTime: this.clock.now(),
      PercentageCompleteOnRollback: shown.PercentageComplete,
      InstancesToUpdateOnRollback: shown.InstancesToUpdate,
    };
    shown.Status = 'RollbackInProgress';
    shown.StatusReason = reason;
  }

  /** Ends a refresh; what was launched over the desired capacity counts from now on. */
  end({ shown }: Refresh, status: NonNullable<Refresh['shown']['Status']>): void {
    shown.Status = status;
    shown.EndTime = this.clock.now();
  }

  private pauses(refresh: Refresh): boolean {
    if (refresh.pausedUntil === undefined || refresh.pausedUntil <= this.clock.now()) {
      delete refresh.pausedUntil;
      return false;
    }
    return true;
  }

  private async replace(group: Group, refresh: Refresh): Promise<void> {
    this.releaseIgnored(group, refresh);
    if (replaces(group)) {
      this.endStandby(group, refresh);
    }
    const view = this.view(group, refresh);
    showProgress(refresh, view);
    const oldInPool = showPoolProgress(refresh, group);
    const { MinHealthyPercentage: minHealthy, MaxHealthyPercentage: maxHealthy } = refresh.preferences;
    const { desired, members, outdated, replaceable, warming } = view;
    const checkpoint = checkpointOf(refresh);
    const allowed = Math.max(
      0,
      Math.ceil((desired * checkpoint) / 100) - Math.max(0, desired - outdated.length),
    );
    const inMotion = warming.length > 0 || group.launching > 0 || members.length < desired;
    if ((allowed === 0 || outdated.length === 0) && !inMotion && !this.isBlocked(group, refresh)) {
      if (checkpoint < 100 || oldInPool === 0) {
        this.reach(group, refresh, checkpoint);
      } else {
        this.replaceInPool(group, refresh);
      }
      return;
    }
    if (this.blocksTooLong(group, refresh, replaceable.length)) {
      this.fail(
        group,
        refresh,
        'Instances that are on standby or protected from scale in were not released.',
      );
      return;
    }
    if (!replaces(group)) {
      return;
    }
    const { terminate, launch } = pace(
      {
        desired,
        total: members.length + group.launching,
        ready: members.filter((member) => this.isReady(refresh, member)).length,
        outdated: replaceable.length,
        allowed: Math.min(allowed, replaceable.length),
      },
      { minHealthy, maxHealthy },
    );
    this.terminate(group, refresh, replaceable, terminate);
    if (launch > 0) {
      await this.launcher.launchExtra(
        group,
        launch,
        'refresh',
        `an instance was launched ${cause}`,
        replaceable,
      );
    }
  }

  /**
   * Replaces what waits in the warm pool, after the group's own instances: the pool fills itself again.
   * Source: ec2-auto-scaling-warm-pools.html, «Update the instances in a warm pool»
   */
  private replaceInPool(group: Group, { outdated }: Refresh): void {
    for (const member of group.pool?.members ?? []) {
      if (outdated.has(member.instanceId) && isPrepared(member) && replaces(group)) {
        this.lifecycle.beginTermination(group, member, [`an instance was taken out of service ${cause}`]);
      }
    }
  }

  private view(group: Group, refresh: Refresh): View {
    const members = present(group);
    const outdated = members.filter(({ instanceId }) => refresh.outdated.has(instanceId));
    const replacesProtected = refresh.preferences.ScaleInProtectedInstances === 'Refresh';
    return {
      desired: group.settings.DesiredCapacity,
      members,
      outdated,
      replaceable: outdated.filter(
        ({ lifecycleState, protectedFromScaleIn }) =>
          lifecycleState === 'InService' && (replacesProtected || !protectedFromScaleIn),
      ),
      warming: members.filter(
        (member) => !refresh.outdated.has(member.instanceId) && !this.isReady(refresh, member),
      ),
    };
  }

  /** In service, and warm if it is new. */
  private isReady(refresh: Refresh, { instanceId, lifecycleState, inServiceSince }: Member): boolean {
    if (lifecycleState !== 'InService' || inServiceSince === undefined) {
      return false;
    }
    const now = this.clock.now().getTime();
    const warmupMs = this.clock.lasts(refresh.preferences.InstanceWarmup);
    return refresh.outdated.has(instanceId) || inServiceSince.getTime() + warmupMs <= now;
  }

  /** Instances that the preferences say to ignore are not waited for and not replaced. */
  private releaseIgnored(group: Group, { outdated, preferences }: Refresh): void {
    for (const { instanceId, lifecycleState, protectedFromScaleIn } of group.members) {
      const ignored =
        (protectedFromScaleIn && preferences.ScaleInProtectedInstances === 'Ignore') ||
        (lifecycleState === 'Standby' && preferences.StandbyInstances === 'Ignore');
      if (ignored) {
        outdated.delete(instanceId);
      }
    }
  }

  private endStandby(group: Group, { outdated, preferences }: Refresh): void {
    if (preferences.StandbyInstances === 'Terminate') {
      for (const member of group.members) {
        if (member.lifecycleState === 'Standby' && outdated.has(member.instanceId)) {
          this.lifecycle.beginTermination(group, member, [`an instance was taken out of service ${cause}`]);
        }
      }
    }
  }

  /** Whether instances that are to be replaced wait for someone to release them. */
  private isBlocked(group: Group, { outdated, preferences }: Refresh): boolean {
    return group.members.some(
      ({ instanceId, lifecycleState, protectedFromScaleIn }) =>
        outdated.has(instanceId) &&
        ((lifecycleState === 'InService' &&
          protectedFromScaleIn &&
          preferences.ScaleInProtectedInstances === 'Wait') ||
          lifecycleState === 'Standby'),
    );
  }

  private blocksTooLong(group: Group, refresh: Refresh, replaceable: number): boolean {
    if (replaceable > 0 || !this.isBlocked(group, refresh)) {
      delete refresh.blockedUntil;
      return false;
    }
    refresh.blockedUntil ??= this.clock.later(longestBlockSeconds);
    return refresh.blockedUntil <= this.clock.now();
  }

  private terminate(group: Group, refresh: Refresh, replaceable: readonly Member[], howMany: number): void {
    let rest = replaceable;
    for (let count = 0; count < howMany; count += 1) {
      const victim = firstToGo(group, rest, this.clock.now());
      if (victim === undefined) {
        return;
      }
      rest = rest.filter((member) => member !== victim);
      this.lifecycle.beginTermination(group, victim, [
        `an instance was taken out of service ${cause}`,
        `instance ${victim.instanceId} was selected for termination.`,
      ]);
      const successor = group.members.find(
        (member) => member.extra === 'refresh' && this.isReady(refresh, member),
      );
      if (successor === undefined) {
        group.replacements.push(`an instance was launched ${cause}`);
      } else {
        delete successor.extra;
      }
    }
  }

  /** All that the checkpoint demands is replaced. */
  private reach(group: Group, refresh: Refresh, checkpoint: number): void {
    const { shown, preferences } = refresh;
    const last = (preferences.CheckpointPercentages ?? []).length - 1;
    if (shown.Status === 'InProgress' && checkpoint < 100 && refresh.checkpoints < last) {
      refresh.checkpoints += 1;
      refresh.pausedUntil = this.clock.later(preferences.CheckpointDelay ?? 0);
      shown.StatusReason = `Waiting for the delay after the checkpoint of ${checkpoint} percent to be over.`;
    } else if (shown.Status === 'InProgress' && (preferences.BakeTime ?? 0) > 0) {
      shown.Status = 'Baking';
      refresh.pausedUntil = this.clock.later(preferences.BakeTime ?? 0);
    } else if (shown.Status === 'RollbackInProgress') {
      this.end(refresh, 'RollbackSuccessful');
    } else {
      this.succeed(group, refresh);
    }
  }

  private succeed(group: Group, refresh: Refresh): void {
    const { shown } = refresh;
    const template = shown.DesiredConfiguration?.LaunchTemplate;
    if (template !== undefined) {
      group.settings = { ...group.settings, LaunchTemplate: template };
    }
    delete shown.StatusReason;
    this.end(refresh, 'Successful');
  }

  private fail(group: Group, refresh: Refresh, reason: string): void {
    const { shown, preferences } = refresh;
    if (shown.Status === 'RollbackInProgress') {
      shown.StatusReason = reason;
      this.end(refresh, 'RollbackFailed');
    } else if (preferences.AutoRollback === true) {
      this.rollBack(group, refresh, reason);
    } else {
      shown.StatusReason = reason;
      this.end(refresh, 'Failed');
    }
  }

  /** Replacements that have begun are brought to their end first. */
  private cancelled(group: Group, refresh: Refresh): void {
    const inMotion = present(group).some(({ lifecycleState }) => lifecycleState !== 'InService');
    if (group.launching === 0 && !inMotion) {
      this.end(refresh, 'Cancelled');
    }
  }
}
