import { randomUUID } from 'node:crypto';

import type { Activity, LifecycleHook } from '@aws-sdk/client-auto-scaling';

import type { Activities } from './activities';
import type { Clock } from '../clock';
import type { Group, HookWait, Member } from './group';
import type { Traffic } from './traffic/traffic';

/** Where a member is on its way to. */
type Phase = 'Pending' | 'Terminating';

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html, HeartbeatTimeout */
export const shortestHeartbeatSeconds = 30;

/** How a lifecycle action ends. */
export type HookResult = 'CONTINUE' | 'ABANDON';

const transitions: Readonly<Record<Phase, string>> = {
  Pending: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  Terminating: 'autoscaling:EC2_INSTANCE_TERMINATING',
};

/**
 * Takes members through their lifecycle states, as far as lifecycle hooks let them.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html
 */
export class Lifecycle {
  constructor(
    private readonly clock: Clock,
    private readonly activities: Activities,
    private readonly traffic: Traffic,
  ) {}

  /** The instance runs: its hooks wait for it, or nothing keeps it from service. */
  beginService(group: Group, member: Member): void {
    this.enter(group, member, 'Pending');
  }

  /** Nothing keeps a member from service any more. */
  putInService(member: Member): void {
    member.lifecycleState = 'InService';
    member.inServiceSince = this.clock.now();
    this.activities.succeed(member.activity);
  }

  /**
   * Begins to terminate a member: first its load balancers let it answer what it has begun, then its hooks, then EC2.
   * Source: attach-load-balancer-asg.html, «deregistration delay»
   */
  beginTermination(group: Group, member: Member, causes: readonly (string | undefined)[]): Activity {
    if (member.activity.EndTime === undefined) {
      this.activities.cancel(member.activity);
    }
    member.activity = this.activities.begin(group, `Terminating EC2 instance: ${member.instanceId}`, causes);
    delete member.inServiceSince;
    if (this.traffic.leave(member)) {
      member.lifecycleState = 'Terminating';
      member.activity.StatusCode = 'WaitingForELBConnectionDraining';
    } else {
      this.enter(group, member, 'Terminating');
    }
    return member.activity;
  }

  /** Lets members go on to their end whose last request is answered. */
  endDrained(group: Group): void {
    for (const member of group.members) {
      if (member.lifecycleState === 'Terminating' && this.traffic.isDrained(member)) {
        member.activity.StatusCode = 'InProgress';
        this.enter(group, member, 'Terminating');
      }
    }
  }

  /**
   * Completes the action of one hook. A launch that is abandoned ends in termination at once; a termination goes on
   * either way, and abandoning it only leaves out the other hooks.
   */
  complete(group: Group, member: Member, wait: HookWait, result: HookResult): void {
    member.waits = result === 'ABANDON' ? [] : member.waits.filter((other) => other !== wait);
    if (result === 'ABANDON' && member.lifecycleState === 'Pending:Wait') {
      this.beginTermination(group, member, [
        `an instance was taken out of service in response to the lifecycle action ${wait.hookName} being abandoned.`,
      ]);
    } else if (member.waits.length === 0) {
      this.proceed(member);
    }
  }

  /** Begins the wait of a hook anew, within the hook's global timeout. */
  heartbeat(wait: HookWait, hook: LifecycleHook): void {
    const { HeartbeatTimeout = 0, GlobalTimeout = 0 } = hook;
    const latest = wait.begun.getTime() + GlobalTimeout * 1_000;
    wait.deadline = new Date(Math.min(this.heartbeatOver(HeartbeatTimeout).getTime(), latest));
  }

  /** Ends the waits whose heartbeat ran out, by the default result of their hooks. */
  expire(group: Group): void {
    for (const member of group.members) {
      for (const wait of member.waits.filter(({ deadline }) => deadline <= this.clock.now())) {
        const result = group.hooks.get(wait.hookName)?.DefaultResult;
        this.complete(group, member, wait, result === 'CONTINUE' ? 'CONTINUE' : 'ABANDON');
      }
    }
  }

  /** A program in the instance beats this heart, in real time, and counts on AWS's shortest timeout. */
  private heartbeatOver(timeoutSeconds: number): Date {
    return this.clock.later(timeoutSeconds, shortestHeartbeatSeconds);
  }

  private enter(group: Group, member: Member, phase: Phase): void {
    member.waits = [...group.hooks.values()]
      .filter(({ LifecycleTransition }) => LifecycleTransition === transitions[phase])
      .map((hook) => ({
        hookName: hook.LifecycleHookName ?? '',
        token: randomUUID(),
        begun: this.clock.now(),
        deadline: this.heartbeatOver(hook.HeartbeatTimeout ?? 0),
      }));
    if (member.waits.length === 0) {
      member.lifecycleState = `${phase}:Proceed`;
    } else {
      member.lifecycleState = `${phase}:Wait`;
      member.activity.StatusCode = 'MidLifecycleAction';
    }
  }

  private proceed(member: Member): void {
    member.lifecycleState =
      member.lifecycleState === 'Pending:Wait' ? 'Pending:Proceed' : 'Terminating:Proceed';
    member.activity.StatusCode = 'InProgress';
  }
}
