import { randomBytes } from 'node:crypto';

import { ServiceError } from '../protocol/errors';
import {
  type Listener,
  type LoadBalancer,
  type Resource,
  type Rule,
  type TargetGroup,
  forwardedTo,
} from './resources';

/** Where the load balancers of one account and region are. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

function notFound(code: string, what: string, arn: string): ServiceError {
  return new ServiceError(code, `${what} '${arn}' not found`);
}

/** The last part of the ARN of anything in Elastic Load Balancing. */
export function newId(): string {
  return randomBytes(8).toString('hex');
}

/** All load balancers, listeners and target groups of one account and region, by ARN. */
export class Store {
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly listeners = new Map<string, Listener>();
  readonly targetGroups = new Map<string, TargetGroup>();

  constructor(readonly home: Home) {}

  /** `arn:aws:elasticloadbalancing:<region>:<account>:<resource>` */
  arn(resource: string): string {
    return `arn:aws:elasticloadbalancing:${this.home.region}:${this.home.accountId}:${resource}`;
  }

  /** @throws ServiceError LoadBalancerNotFound */
  loadBalancer(arn = ''): LoadBalancer {
    const found = this.loadBalancers.get(arn);
    if (found === undefined) {
      throw notFound('LoadBalancerNotFound', 'Load balancer', arn);
    }
    return found;
  }

  /** @throws ServiceError ListenerNotFound */
  listener(arn = ''): Listener {
    const found = this.listeners.get(arn);
    if (found === undefined) {
      throw notFound('ListenerNotFound', 'Listener', arn);
    }
    return found;
  }

  /** @throws ServiceError TargetGroupNotFound */
  targetGroup(arn = ''): TargetGroup {
    const found = this.targetGroups.get(arn);
    if (found === undefined) {
      throw notFound('TargetGroupNotFound', 'Target group', arn);
    }
    return found;
  }

  /** @throws ServiceError RuleNotFound */
  rule(arn = ''): { listener: Listener; rule: Rule } {
    for (const listener of this.listeners.values()) {
      const rule = listener.rules.find((candidate) => candidate.arn === arn);
      if (rule !== undefined) {
        return { listener, rule };
      }
    }
    throw notFound('RuleNotFound', 'Rule', arn);
  }

  /** Anything that can be tagged. @throws ServiceError as of what its ARN says it is. */
  resource(arn = ''): Resource {
    const kind = arn.split(':')[5]?.split('/')[0] ?? '';
    switch (kind) {
      case 'loadbalancer':
        return this.loadBalancer(arn);
      case 'listener':
        return this.listener(arn);
      case 'listener-rule':
        return this.rule(arn).rule;
      case 'targetgroup':
        return this.targetGroup(arn);
      default:
        throw new ServiceError(
          'ValidationError',
          `'${arn}' is not a valid load balancer, target group, listener or rule ARN`,
        );
    }
  }

  listenersOf(loadBalancer: LoadBalancer): Listener[] {
    return [...this.listeners.values()].filter((listener) => listener.loadBalancer === loadBalancer);
  }

  /** The target groups that a load balancer forwards to. @param but a rule that does not count: it is to change. */
  groupsOf(loadBalancer: LoadBalancer, but?: Rule): Set<TargetGroup> {
    const rules = this.listenersOf(loadBalancer).flatMap((listener) => listener.rules);
    const arns = rules.flatMap((rule) => (rule === but ? [] : forwardedTo(rule.actions)));
    return new Set(arns.flatMap((arn) => this.targetGroups.get(arn) ?? []));
  }

  /** The load balancers that forward to a target group; AWS allows one, and says so before there would be two. */
  usersOf({ arn }: TargetGroup): LoadBalancer[] {
    const users = [...this.listeners.values()]
      .filter(({ rules }) => rules.some(({ actions }) => forwardedTo(actions).includes(arn)))
      .map(({ loadBalancer }) => loadBalancer);
    return [...new Set(users)];
  }
}
