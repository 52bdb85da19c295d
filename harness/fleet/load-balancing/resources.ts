import type {
  Action,
  AvailabilityZone,
  IpAddressType,
  LoadBalancerSchemeEnum,
  RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import type { Target } from './health/target';
import type { Tally } from './tally';

/** What every resource of Elastic Load Balancing has. */
export interface Resource {
  readonly arn: string;
  readonly tags: Map<string, string>;
}

/** An Application Load Balancer. */
export interface LoadBalancer extends Resource {
  readonly name: string;
  readonly dnsName: string;
  readonly createdAt: Date;
  readonly scheme: LoadBalancerSchemeEnum;
  readonly vpcId: string;
  zones: readonly AvailabilityZone[];
  securityGroups: readonly string[];
  ipAddressType: IpAddressType;
  readonly attributes: Map<string, string>;
}

/** Protocols of listeners and target groups of an Application Load Balancer. */
export type Protocol = 'HTTP' | 'HTTPS';

/** A listener, with its rules in order of their priority, the default rule last. */
export interface Listener extends Resource {
  readonly loadBalancer: LoadBalancer;
  port: number;
  protocol: Protocol;
  /** ARNs; the first is the default certificate. */
  certificates: readonly string[];
  /** Of HTTPS only. */
  sslPolicy: string | undefined;
  rules: readonly Rule[];
  readonly attributes: Map<string, string>;
}

/** A rule of a listener. */
export interface Rule extends Resource {
  priority: number | 'default';
  conditions: readonly RuleCondition[];
  actions: readonly Action[];
}

/** How the targets of a group are checked; times in seconds. */
export interface HealthCheck {
  readonly enabled: boolean;
  readonly protocol: Protocol;
  /** A number, or `traffic-port`. */
  readonly port: string;
  readonly path: string;
  readonly interval: number;
  readonly timeout: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** Status codes: `200`, `200,202`, `200-299`. */
  readonly matcher: string;
}

/** A target group with its targets. */
export interface TargetGroup extends Resource {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly vpcId: string;
  readonly targetType: 'instance' | 'ip';
  healthCheck: HealthCheck;
  readonly attributes: Map<string, string>;
  /** By id and port: `i-0123456789abcdef0:80`. */
  readonly targets: Map<string, Target>;
  readonly tally: Tally;
}

/** The ARNs of the target groups that actions forward to. */
export function forwardedTo(actions: readonly Action[]): string[] {
  return actions.flatMap(({ ForwardConfig }) =>
    (ForwardConfig?.TargetGroups ?? []).flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []),
  );
}
