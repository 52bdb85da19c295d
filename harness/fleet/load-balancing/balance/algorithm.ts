import type { Clock } from '../../clock';
import { numberOf } from '../attributes';
import type { Target } from '../health/target';
import type { TargetGroup } from '../resources';

const unhealthyRouting = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets';

/** Whether so few targets are healthy that requests go to all of them. */
function failsOpen(group: TargetGroup, healthy: number, all: number): boolean {
  const least = numberOf(group.attributes, `${unhealthyRouting}.count`);
  const percentage = Number(group.attributes.get(`${unhealthyRouting}.percentage`));
  return healthy < least || (!Number.isNaN(percentage) && healthy * 100 < percentage * all);
}

/**
 * The targets that may get requests now: the healthy ones, or all where too few are healthy, for then ELB fails open.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#target-group-health
 */
export function routableTargets(group: TargetGroup): Target[] {
  const healthy: Target[] = [];
  const open: Target[] = [];
  for (const target of group.targets.values()) {
    if (target.state === 'healthy') {
      healthy.push(target);
      open.push(target);
    } else if (target.state === 'unhealthy' || target.state === 'initial') {
      open.push(target);
    }
  }
  return failsOpen(group, healthy.length, open.length) ? open : healthy;
}

/** Chooses the target of each request of one target group. */
export class Balancer {
  private turn = 0;
  /** What each target is owed of the requests, while some are in slow start. */
  private readonly credit = new Map<Target, number>();

  constructor(
    private readonly group: TargetGroup,
    private readonly clock: Clock,
  ) {}

  /** The target for the next request; `undefined` when there is none. */
  choose(): Target | undefined {
    const targets = routableTargets(this.group);
    if (targets.length <= 1) {
      return targets[0];
    }
    switch (this.group.attributes.get('load_balancing.algorithm.type') ?? 'round_robin') {
      case 'least_outstanding_requests':
        return this.leastOutstanding(targets);
      case 'weighted_random':
        return targets[Math.floor(Math.random() * targets.length)];
      default:
        return targets.some(({ slowStart }) => slowStart !== undefined)
          ? this.slowly(targets)
          : this.nextOf(targets);
    }
  }

  private nextOf(targets: readonly Target[]): Target | undefined {
    this.turn = (this.turn + 1) % targets.length;
    return targets[this.turn];
  }

  /** Targets with equally few requests take turns. */
  private leastOutstanding(targets: readonly Target[]): Target | undefined {
    const fewest = Math.min(...targets.map(({ inFlight }) => inFlight));
    return this.nextOf(targets.filter(({ inFlight }) => inFlight === fewest));
  }

  /** Turns by share: a target in slow start has as much of a share as of its time has passed. */
  private slowly(targets: readonly Target[]): Target | undefined {
    const now = this.clock.now().getTime();
    let best: Target | undefined;
    let total = 0;
    for (const target of targets) {
      const share = target.share(now);
      total += share;
      const credit = (this.credit.get(target) ?? 0) + share;
      this.credit.set(target, credit);
      if (best === undefined || credit > (this.credit.get(best) ?? 0)) {
        best = target;
      }
    }
    if (best !== undefined) {
      this.credit.set(best, (this.credit.get(best) ?? 0) - total);
    }
    for (const target of this.credit.keys()) {
      if (!targets.includes(target)) {
        this.credit.delete(target);
      }
    }
    return best;
  }
}
