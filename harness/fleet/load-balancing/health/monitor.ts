import type { Clock } from '../../clock';
import { numberOf } from '../attributes';
import type { LoadBalancer, TargetGroup } from '../resources';
import type { Store } from '../store';
import { type ProbeResult, probe } from './probe';
import type { Target } from './target';

/** What EC2 and the bodies say of targets. */
export interface TargetWorld {
  /** EC2's state of an instance: `running`, `stopped`, …; `undefined` for one that it does not know (any more). */
  readonly stateOf: (instanceId: string) => string | undefined;
  /** Where this machine reaches what listens inside an instance. */
  readonly address: (instanceId: string) => string | undefined;
}

/** Sends one health check: the real one, but for tests. */
export type Probe = typeof probe;

const isGone = new Set(['terminated', 'shutting-down']);

/** Keeps the state of every target as health checks, registrations and EC2 make it. */
export class HealthMonitor {
  constructor(
    private readonly store: Store,
    private readonly world: TargetWorld,
    private readonly clock: Clock,
    private readonly send: Probe = probe,
  ) {}

  /** Where a target is reached; an IP address is its own. */
  addressOf(group: TargetGroup, target: Target): string | undefined {
    return group.targetType === 'ip' ? target.id : this.world.address(target.id);
  }

  /** Begins to take a target out: it gets no new requests, those in flight have the deregistration delay to end. */
  deregister(group: TargetGroup, target: Target): void {
    if (target.state === 'unused') {
      this.remove(group, target);
    } else if (target.state !== 'draining') {
      target.become('draining', 'Target.DeregistrationInProgress', 'Target deregistration is in progress');
      target.drainedAt = this.clock.later(numberOf(group.attributes, 'deregistration_delay.timeout_seconds'));
    }
  }

  /** Brings every target to the state that it has now, begins the health checks that are due, and ends idle connections. */
  tick(): void {
    for (const group of this.store.targetGroups.values()) {
      const [user] = this.store.usersOf(group);
      const idleSince = Date.now() - idleMs(user);
      for (const target of group.targets.values()) {
        this.look(group, target, user);
        target.pool.sweep(idleSince);
      }
    }
  }

  /** Ends every connection to a group's targets: the group is no more. */
  removeAll(group: TargetGroup): void {
    for (const target of group.targets.values()) {
      this.remove(group, target);
    }
  }

  private look(group: TargetGroup, target: Target, user: LoadBalancer | undefined): void {
    if (target.drainedAt !== undefined) {
      if (target.drainedAt <= this.clock.now()) {
        this.remove(group, target);
      }
      return;
    }
    const ec2State = group.targetType === 'ip' ? 'running' : this.world.stateOf(target.id);
    target.known ||= ec2State !== undefined;
    if (ec2State === undefined ? target.known : isGone.has(ec2State)) {
      // ELB deregisters by itself what EC2 has terminated.
      this.remove(group, target);
    } else if (user === undefined || !isInZone(user, target)) {
      this.rest(
        target,
        'Target.NotInUse',
        user === undefined
          ? 'Target group is not configured to receive traffic from the load balancer'
          : 'Target is in an Availability Zone that is not enabled for the load balancer',
      );
    } else if (ec2State === 'stopped' || ec2State === 'stopping') {
      this.rest(target, 'Target.InvalidState', 'Target is in the stopped state');
    } else {
      this.check(group, target);
    }
  }

  private rest(target: Target, reason: 'Target.NotInUse' | 'Target.InvalidState', description: string): void {
    target.become('unused', reason, description);
    target.nextCheck = undefined;
    target.slowStart = undefined;
  }

  private check(group: TargetGroup, target: Target): void {
    if (target.state === 'unused') {
      target.become('initial', 'Elb.RegistrationInProgress', 'Target registration is in progress');
      target.passed = 0;
      target.failed = 0;
    }
    const now = this.clock.now();
    if (target.checking || (target.nextCheck !== undefined && target.nextCheck > now)) {
      return;
    }
    const { healthCheck } = group;
    const host = this.addressOf(group, target);
    target.nextCheck = this.clock.later(healthCheck.interval);
    if (host === undefined) {
      // Its body does not stand yet.
      this.take(group, target, {
        passed: false,
        reason: 'Target.FailedHealthChecks',
        description: 'Health checks failed',
      });
      return;
    }
    const port = healthCheck.port === 'traffic-port' ? target.port : Number(healthCheck.port);
    target.checking = true;
    void this.send({ host, port }, healthCheck).then((result) => {
      target.checking = false;
      if (
        group.targets.get(target.key) === target &&
        target.drainedAt === undefined &&
        target.state !== 'unused'
      ) {
        this.take(group, target, result);
      }
    });
  }

  /** A new target needs to pass once; after that as often as the thresholds say. */
  private take(group: TargetGroup, target: Target, result: ProbeResult): void {
    const { healthyThreshold, unhealthyThreshold } = group.healthCheck;
    target.passed = result.passed ? target.passed + 1 : 0;
    target.failed = result.passed ? 0 : target.failed + 1;
    if (result.passed) {
      if (
        target.state !== 'healthy' &&
        target.passed >= (target.state === 'initial' ? 1 : healthyThreshold)
      ) {
        this.becomeHealthy(group, target);
      }
    } else if (target.failed >= unhealthyThreshold) {
      target.become('unhealthy', result.reason, result.description);
      target.slowStart = undefined;
    } else if (target.state === 'initial') {
      target.become('initial', 'Elb.InitialHealthChecking', 'Initial health checks in progress');
    }
  }

  /**
   * A target begins slowly only beside others that do not.
   * Source: edit-target-group-attributes.html, «Slow start mode».
   */
  private becomeHealthy(group: TargetGroup, target: Target): void {
    const seconds = numberOf(group.attributes, 'slow_start.duration_seconds');
    const beside = [...group.targets.values()].some(
      (other) =>
        other !== target && other.state === 'healthy' && other.share(this.clock.now().getTime()) === 1,
    );
    target.become('healthy');
    target.slowStart =
      seconds > 0 && beside ? { from: this.clock.now(), until: this.clock.later(seconds) } : undefined;
  }

  private remove(group: TargetGroup, target: Target): void {
    group.targets.delete(target.key);
    target.pool.close();
  }
}

/** How long a connection to a target is kept for another request: real time, as for clients. */
function idleMs(user: LoadBalancer | undefined): number {
  return user === undefined ? 0 : numberOf(user.attributes, 'idle_timeout.timeout_seconds') * 1_000;
}

function isInZone({ zones }: LoadBalancer, { zone }: Target): boolean {
  return zone === undefined || zones.some(({ ZoneName }) => ZoneName === zone);
}
