import type { Clock } from '../../clock';
import { type Group, performs } from '../group';
import type { Member } from '../member';
import type { TrafficGateway } from './gateway';

/** States of a target group of a group. Source: LoadBalancerTargetGroupState, Auto Scaling API reference. */
export type AttachmentState = 'Adding' | 'Added' | 'InService' | 'Removing';

/**
 * A grace period is for a program that starts, which knows nothing of compressed time: it is never shorter than this, in
 * seconds, unless the group says so.
 */
const shortestGraceSeconds = 30;

/**
 * Registers the members of groups with their target groups, and takes them out before they end.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/attach-load-balancer-asg.html
 */
export class Traffic {
  constructor(
    private readonly gateway: TrafficGateway,
    private readonly clock: Clock,
  ) {}

  /** @throws ServiceError when one of the target groups does not exist. */
  check(targetGroupArns: readonly string[]): void {
    targetGroupArns.forEach((arn) => {
      this.gateway.check(arn);
    });
  }

  /**
   * Registers what has come into service, once. Instances that come while AddToLoadBalancer is suspended are never
   * registered, nor are those that someone deregisters by hand registered again.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
   */
  settle(group: Group): void {
    for (const member of group.members) {
      if (member.lifecycleState === 'InService' && member.targetGroups === undefined) {
        member.targetGroups = new Set();
        if (performs(group, 'AddToLoadBalancer')) {
          this.join(member, [...group.targetGroups]);
        }
      }
    }
    for (const arn of group.leavingTargetGroups) {
      if (group.members.every(({ instanceId }) => this.gateway.isDrained(arn, instanceId))) {
        group.leavingTargetGroups.delete(arn);
      }
    }
  }

  /** Attaches target groups: the members that are in service are registered at once. */
  attach(group: Group, targetGroupArns: readonly string[]): void {
    this.check(targetGroupArns);
    for (const arn of targetGroupArns) {
      group.targetGroups.add(arn);
      group.leavingTargetGroups.delete(arn);
    }
    for (const member of group.members) {
      if (member.targetGroups !== undefined) {
        this.join(member, targetGroupArns);
      }
    }
  }

  /** Detaches target groups: their members drain first. */
  detach(group: Group, targetGroupArns: readonly string[]): void {
    for (const arn of targetGroupArns) {
      group.targetGroups.delete(arn);
      group.leavingTargetGroups.add(arn);
      for (const { instanceId, targetGroups } of group.members) {
        if (targetGroups?.delete(arn) === true) {
          this.gateway.deregister(arn, instanceId);
        }
      }
    }
  }

  /** Takes a member out of its target groups. @returns whether it was in any. */
  leave(member: Member): boolean {
    const { instanceId, targetGroups } = member;
    targetGroups?.forEach((arn) => {
      this.gateway.deregister(arn, instanceId);
    });
    return targetGroups !== undefined && targetGroups.size > 0;
  }

  /** Whether a member that has left its target groups has answered the last request. */
  isDrained({ instanceId, targetGroups }: Member): boolean {
    return [...(targetGroups ?? [])].every((arn) => this.gateway.isDrained(arn, instanceId));
  }

  /**
   * Whether a load balancer finds a member unhealthy that should be healthy by now.
   * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-check-grace-period.html
   */
  findsUnhealthy({ settings }: Group, { instanceId, targetGroups, inServiceSince }: Member): boolean {
    if (!settings.HealthCheckType.split(',').includes('ELB') || inServiceSince === undefined) {
      return false;
    }
    const grace = settings.HealthCheckGracePeriod;
    const graceMs = Math.max(this.clock.lasts(grace), Math.min(grace, shortestGraceSeconds) * 1_000);
    return (
      this.clock.now().getTime() >= inServiceSince.getTime() + graceMs &&
      [...(targetGroups ?? [])].some((arn) => this.gateway.health(arn, instanceId) === 'unhealthy')
    );
  }

  /** The target groups of a group, each with how far its members are. */
  states(group: Group): { readonly arn: string; readonly state: AttachmentState }[] {
    return [
      ...[...group.targetGroups].map((arn) => ({ arn, state: this.stateOf(group, arn) })),
      ...[...group.leavingTargetGroups].map((arn) => ({ arn, state: 'Removing' as const })),
    ];
  }

  private stateOf(group: Group, arn: string): AttachmentState {
    const serving = group.members.filter(({ lifecycleState }) => lifecycleState === 'InService');
    const states = serving.map(({ instanceId }) => this.gateway.health(arn, instanceId));
    if (states.includes('healthy')) {
      return 'InService';
    }
    return serving.some(({ targetGroups }) => targetGroups === undefined) ? 'Adding' : 'Added';
  }

  private join({ instanceId, availabilityZone, targetGroups }: Member, arns: readonly string[]): void {
    for (const arn of arns) {
      if (targetGroups?.has(arn) === false) {
        targetGroups.add(arn);
        this.gateway.register(arn, instanceId, availabilityZone);
      }
    }
  }
}
