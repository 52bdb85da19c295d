import { randomUUID } from 'node:crypto';

import type { Activity, LifecycleHook } from '@aws-sdk/client-auto-scaling';

import type { Ec2Gateway, InstanceState } from './gateway';
import { type Group, type Member, present, stamp } from './group';
import type { Store } from './store';
import { chooseVictim } from './termination';

/** Activities that DescribeScalingActivities still shows, a group. */
const keptActivities = 200;

/** Processes that can be suspended and that this engine performs. */
type Process = 'Launch' | 'Terminate' | 'HealthCheck' | 'ReplaceUnhealthy' | 'AZRebalance';

/** Makes the groups what they are told to be: launches, heals, waits for hooks, terminates. */
export class Engine {
  private running: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly store: Store,
    private readonly ec2: Ec2Gateway,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Brings every group closer to what it should be. Calls during a run make it run once more; failures stand in the activities. */
  async tick(): Promise<void> {
    if (this.running !== undefined) {
      this.again = true;
      return this.running;
    }
    this.running = this.runUntilQuiet();
    try {
      await this.running;
    } finally {
      this.running = undefined;
    }
  }

  /** Begins to terminate a member: its hook first, then EC2. */
  beginTermination(group: Group, member: Member, cause: string): Activity {
    const at = this.now();
    member.activity = this.record(
      group,
      `Terminating EC2 instance: ${member.instanceId}`,
      `At ${stamp(at)} ${cause}`,
    );
    this.enter(group, member, 'Terminating');
    return member.activity;
  }

  /** Ends the wait for a lifecycle hook. */
  completeHook(group: Group, member: Member, result: 'CONTINUE' | 'ABANDON'): void {
    delete member.hookWait;
    if (member.lifecycleState === 'Pending:Wait') {
      if (result === 'CONTINUE') {
        member.lifecycleState = 'Pending:Proceed';
      } else {
        this.beginTermination(
          group,
          member,
          'an instance was taken out of service because its launch was abandoned.',
        );
      }
    } else if (member.lifecycleState === 'Terminating:Wait') {
      // CONTINUE and ABANDON both terminate; ABANDON only skips further hooks.
      member.lifecycleState = 'Terminating:Proceed';
    }
  }

  private async runUntilQuiet(): Promise<void> {
    for (;;) {
      this.again = false;
      for (const group of this.store.groups.values()) {
        await this.reconcile(group);
      }
      if (!this.wantsAnotherRun()) {
        return;
      }
    }
  }

  private wantsAnotherRun(): boolean {
    return this.again;
  }

  private async reconcile(group: Group): Promise<void> {
    const states = await this.ec2.states(group.members.map(({ instanceId }) => instanceId));
    this.heal(group, states);
    this.advanceHooks(group);
    this.settlePending(group, states);
    await this.settleTerminating(group, states);
    this.shrink(group);
    await this.grow(group);
    if (group.status !== undefined && group.members.length === 0) {
      this.store.groups.delete(group.settings.AutoScalingGroupName);
    }
  }

  /**
   * An instance in any state other than running is unhealthy, grace period or not.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
   */
  private heal(group: Group, states: ReadonlyMap<string, InstanceState>): void {
    for (const member of present(group)) {
      const state = states.get(member.instanceId) ?? 'terminated';
      const alive =
        state === 'running' || (state === 'pending' && member.lifecycleState.startsWith('Pending'));
      if (!alive && this.performs(group, 'HealthCheck')) {
        member.healthStatus = 'Unhealthy';
      }
      if (member.healthStatus === 'Unhealthy' && this.performs(group, 'ReplaceUnhealthy')) {
        const cause = alive
          ? 'an instance was taken out of service in response to a user health-check.'
          : 'an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.';
        this.beginTermination(group, member, cause);
      }
    }
  }

  private advanceHooks(group: Group): void {
    for (const member of group.members) {
      const wait = member.hookWait;
      if (wait !== undefined && wait.deadline <= this.now()) {
        const result = group.hooks.get(wait.hookName)?.DefaultResult;
        this.completeHook(group, member, result === 'CONTINUE' ? 'CONTINUE' : 'ABANDON');
      }
    }
  }

  private settlePending(group: Group, states: ReadonlyMap<string, InstanceState>): void {
    for (const member of group.members) {
      if (member.lifecycleState === 'Pending' && states.get(member.instanceId) === 'running') {
        this.enter(group, member, 'Pending');
      }
      if (member.lifecycleState === 'Pending:Proceed') {
        member.lifecycleState = 'InService';
        this.finish(member.activity, 'Successful');
      }
    }
  }

  private async settleTerminating(group: Group, states: ReadonlyMap<string, InstanceState>): Promise<void> {
    for (const member of group.members.filter(({ lifecycleState }) =>
      lifecycleState.startsWith('Terminating'),
    )) {
      const state = states.get(member.instanceId) ?? 'terminated';
      if (state === 'terminated' || state === 'shutting-down') {
        member.lifecycleState = 'Terminated';
        this.finish(member.activity, 'Successful');
      } else if (member.lifecycleState === 'Terminating:Proceed') {
        await this.ec2.terminate([member.instanceId]);
        this.again = true;
      }
    }
    group.members = group.members.filter(({ lifecycleState }) => lifecycleState !== 'Terminated');
  }

  private shrink(group: Group): void {
    let surplus = present(group).length - group.settings.DesiredCapacity;
    while (surplus > 0 && this.performs(group, 'Terminate')) {
      const victim = chooseVictim(group);
      if (victim === undefined) {
        return;
      }
      const from = present(group).length;
      this.beginTermination(
        group,
        victim,
        `${group.cause}  At ${stamp(this.now())} an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${from} to ${from - 1}.`,
      );
      surplus -= 1;
    }
  }

  private async grow(group: Group): Promise<void> {
    while (present(group).length < group.settings.DesiredCapacity && this.performs(group, 'Launch')) {
      const from = present(group).length;
      const activity = this.record(
        group,
        'Launching a new EC2 instance',
        `At ${stamp(this.now())} ${group.cause}  At ${stamp(this.now())} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${from} to ${from + 1}.`,
      );
      try {
        group.members.push(await this.launch(group, activity));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        activity.StatusMessage = message;
        this.finish(activity, 'Failed');
        return;
      }
      this.again = true;
    }
  }

  private async launch(group: Group, activity: Activity): Promise<Member> {
    const { LaunchTemplate, AutoScalingGroupName, NewInstancesProtectedFromScaleIn } = group.settings;
    const template = await this.ec2.resolveTemplate(LaunchTemplate ?? {});
    const [subnetId, zone] = emptiestZone(group);
    const propagated = [...group.tags.values()].filter(({ PropagateAtLaunch }) => PropagateAtLaunch);
    const { instanceId, instanceType } = await this.ec2.launch({
      template,
      subnetId,
      tags: {
        ...Object.fromEntries(propagated.map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
        'aws:autoscaling:groupName': AutoScalingGroupName,
      },
    });
    activity.Description = `Launching a new EC2 instance: ${instanceId}`;
    activity.Details = JSON.stringify({ 'Subnet ID': subnetId, 'Availability Zone': zone });
    return {
      instanceId,
      instanceType,
      availabilityZone: zone,
      launchTemplate: template,
      lifecycleState: 'Pending',
      healthStatus: 'Healthy',
      protectedFromScaleIn: NewInstancesProtectedFromScaleIn,
      launchedAt: this.now(),
      activity,
    };
  }

  /** Goes into Pending or Terminating as far as a hook lets it: `…:Wait` where there is one, else `…:Proceed`. */
  private enter(group: Group, member: Member, phase: 'Pending' | 'Terminating'): void {
    const transition =
      phase === 'Pending' ? 'autoscaling:EC2_INSTANCE_LAUNCHING' : 'autoscaling:EC2_INSTANCE_TERMINATING';
    const hook = [...group.hooks.values()].find(
      ({ LifecycleTransition }) => LifecycleTransition === transition,
    );
    member.lifecycleState = hook === undefined ? `${phase}:Proceed` : `${phase}:Wait`;
    if (hook !== undefined) {
      member.hookWait = this.wait(hook);
      member.activity.StatusCode = 'MidLifecycleAction';
    } else {
      delete member.hookWait;
    }
    this.again = true;
  }

  private wait(hook: LifecycleHook): NonNullable<Member['hookWait']> {
    const begun = this.now();
    const deadline = new Date(begun.getTime() + (hook.HeartbeatTimeout ?? 3_600) * 1_000);
    return { hookName: hook.LifecycleHookName ?? '', token: randomUUID(), begun, deadline };
  }

  private record(group: Group, description: string, cause: string): Activity {
    const activity: Activity = {
      ActivityId: randomUUID(),
      AutoScalingGroupName: group.settings.AutoScalingGroupName,
      AutoScalingGroupARN: group.arn,
      Description: description,
      Cause: cause,
      StartTime: this.now(),
      StatusCode: 'InProgress',
      Progress: 50,
    };
    group.activities.unshift(activity);
    group.activities.splice(keptActivities);
    return activity;
  }

  private finish(activity: Activity, status: 'Successful' | 'Failed'): void {
    activity.StatusCode = status;
    activity.EndTime = this.now();
    activity.Progress = 100;
  }

  private performs(group: Group, process: Process): boolean {
    return !group.suspended.has(process);
  }
}

/** The subnet in the zone that has the fewest members. */
function emptiestZone(group: Group): readonly [subnetId: string, zone: string] {
  const count = (zone: string): number =>
    present(group).filter(({ availabilityZone }) => availabilityZone === zone).length;
  const [emptiest] = [...group.zones].sort(([, a], [, b]) => count(a) - count(b));
  if (emptiest === undefined) {
    throw new Error(`The group ${group.settings.AutoScalingGroupName} has no subnet.`);
  }
  return emptiest;
}
