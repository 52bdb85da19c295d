import type { Limit } from '@aws-sdk/client-elastic-load-balancing-v2';

import { ServiceError } from '../protocol/errors';
import type { TargetGroup } from './resources';

/**
 * Default quotas of an account, with the error that AWS answers when one more is asked for.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const limits = {
  'application-load-balancers': { most: 50, code: 'TooManyLoadBalancers' },
  'target-groups': { most: 3_000, code: 'TooManyTargetGroups' },
  'listeners-per-application-load-balancer': { most: 50, code: 'TooManyListeners' },
  'rules-per-application-load-balancer': { most: 100, code: 'TooManyRules' },
  'certificates-per-application-load-balancer': { most: 25, code: 'TooManyCertificates' },
  'target-groups-per-application-load-balancer': {
    most: 100,
    code: 'TooManyUniqueTargetGroupsPerLoadBalancer',
  },
  'targets-per-application-load-balancer': { most: 1_000, code: 'TooManyTargets' },
  'targets-per-target-group': { most: 1_000, code: 'TooManyTargets' },
  'target-groups-per-action-on-application-load-balancer': {
    most: 5,
    code: 'TooManyUniqueTargetGroupsPerLoadBalancer',
  },
  'condition-values-per-alb-rule': { most: 5, code: 'ValidationError' },
  'condition-wildcards-per-alb-rule': { most: 6, code: 'ValidationError' },
  tags: { most: 50, code: 'TooManyTags' },
} as const;

/** The quotas as DescribeAccountLimits shows them. */
export const accountLimits: readonly Limit[] = Object.entries(limits)
  .filter(([Name]) => Name !== 'tags')
  .map(([Name, { most }]) => ({ Name, Max: String(most) }));

/** @throws ServiceError with AWS's code when there would be more than the quota. */
export function checkLimit(what: keyof typeof limits, wanted: number): void {
  const { most, code } = limits[what];
  if (wanted > most) {
    throw new ServiceError(
      code,
      `The maximum number of ${what.replaceAll('-', ' ')} is ${most}; ${wanted} were asked for.`,
    );
  }
}

/** @throws ServiceError when all target groups of a load balancer, and more targets, would be more than its quota. */
export function checkTargetCount(groups: Iterable<TargetGroup>, more: number): void {
  const present = [...groups].reduce((sum, { targets }) => sum + targets.size, 0);
  checkLimit('targets-per-application-load-balancer', present + more);
}
