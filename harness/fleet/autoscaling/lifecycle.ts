import { randomUUID } from 'node:crypto';

import type { Activity, LifecycleHook, WarmPoolState } from '@aws-sdk/client-auto-scaling';

import type { Activities } from './activities';
import type { Clock } from '../clock';
import { type Group, everyMember, isInPool } from './group';
import type { HookWait, Member } from './member';
import { type Journey, journeys } from './journey';
import type { Traffic } from './traffic/traffic';

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html, HeartbeatTimeout */
export const shortestHeartbeatSeconds = 30;

/** Source: ScalingActivityStatusCode, Auto Scaling API reference. */
const drainingCode = 'WaitingForELBConnectionDraining';

/** How a lifecycle action ends. */
export type HookResult = 'CONTINUE' | 'ABANDON';

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
    this.enter(group, member, member.drawn === true ? journeys.draw : journeys.launch);
  }

  /** Nothing keeps a member from service any more. */
  putInService(member: Member): void {
    member.lifecycleState = 'InService';
    delete member.drawn;
    member.inServiceSince = this.clock.now();
    this.activities.succeed(member.activity);
  }

  /** The instance runs in the warm pool: the hooks of a launch wait for it. */
  beginWarming(group: Group, member: Member): void {
    this.enter(group, member, journeys.warm);
  }

  /**
   * Begins to bring a member back into the warm pool: first its load balancers let it answer what it has begun, then the
   * hooks of a termination.
   */
  beginReturn(group: Group, member: Member, causes: readonly (string | undefined)[]): void {
    member.activity = this.activities.begin(
      group,
      `Moving EC2 instance to warm pool: ${member.instanceId}`,
      causes,
    );
    delete member.inServiceSince;
    if (this.traffic.leave(member)) {
      member.lifecycleState = 'Warmed:Pending';
      member.drains = true;
      member.activity.StatusCode = drainingCode;
    } else {
      this.enter(group, member, journeys.giveBack);
    }
  }

  /** The instance waits in the warm pool from now on. */
  putInPool(member: Member, state: WarmPoolState): void {
    member.lifecycleState = `Warmed:${state}`;
    delete member.targetGroups;
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
    if (isInPool(group, member)) {
      this.enter(group, member, journeys.endWarm);
    } else if (this.traffic.leave(member)) {
      member.lifecycleState = 'Terminating';
      member.activity.StatusCode = drainingCode;
    } else {
      this.enter(group, member, journeys.end);
    }
    return member.activity;
  }

  /** Lets members go on to their end, or back into the warm pool, whose last request is answered. */
  endDrained(group: Group): void {
    for (const member of everyMember(group)) {
      const drains = member.lifecycleState === 'Terminating' || member.drains === true;
      if (drains && this.traffic.isDrained(member)) {
        member.activity.StatusCode = 'InProgress';
        this.enter(group, member, member.drains === true ? journeys.giveBack : journeys.end);
        delete member.drains;
      }
    }
  }

  /**
   * Completes the action of one hook. A launch that is abandoned ends in termination at once; a termination or a return
   * goes on either way, and abandoning it only leaves out the other hooks.
   */
  complete(group: Group, member: Member, wait: HookWait, result: HookResult): void {
    member.waits = result === 'ABANDON' ? [] : member.waits.filter((other) => other !== wait);
    if (result === 'ABANDON' && wait.journey.transition === journeys.launch.transition) {
      this.beginTermination(group, member, [
        `an instance was taken out of service in response to the lifecycle action ${wait.hookName} being abandoned.`,
      ]);
    } else if (member.waits.length === 0) {
      member.lifecycleState = `${wait.journey.state}:Proceed`;
      member.activity.StatusCode = 'InProgress';
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
    for (const member of everyMember(group)) {
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

  private enter(group: Group, member: Member, journey: Journey): void {
    member.waits = [...group.hooks.values()]
      .filter(({ LifecycleTransition }) => LifecycleTransition === journey.transition)
      .map((hook) => ({
        hookName: hook.LifecycleHookName ?? '',
        token: randomUUID(),
        journey,
        begun: this.clock.now(),
        deadline: this.heartbeatOver(hook.HeartbeatTimeout ?? 0),
      }));
    if (member.waits.length === 0) {
      member.lifecycleState = `${journey.state}:Proceed`;
    } else {
      member.lifecycleState = `${journey.state}:Wait`;
      member.activity.StatusCode = 'MidLifecycleAction';
    }
  }
}
