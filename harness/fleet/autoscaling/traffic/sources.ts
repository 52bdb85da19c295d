import type { TrafficSourceIdentifier } from '@aws-sdk/client-auto-scaling';

import { notDoneHere, validationError } from '../../protocol/errors';

/** What a request says of the traffic of a group, in one of two ways. */
interface Asked {
  readonly TargetGroupARNs?: readonly string[] | undefined;
  readonly TrafficSources?: readonly TrafficSourceIdentifier[] | undefined;
}

/** The type of a traffic source, said or by its identifier. */
function typeOf({ Identifier = '', Type }: TrafficSourceIdentifier): string {
  return Type ?? (Identifier.includes(':targetgroup/') ? 'elbv2' : 'elb');
}

/**
 * The target groups that traffic sources are.
 *
 * @throws ServiceError for Classic Load Balancers and VPC Lattice, which are not done here.
 */
export function targetGroupArns(sources: readonly TrafficSourceIdentifier[] | undefined): string[] {
  return (sources ?? []).map((source) => {
    if (typeOf(source) !== 'elbv2') {
      throw notDoneHere(`autoscaling: a traffic source of type ${typeOf(source)}`);
    }
    return source.Identifier ?? '';
  });
}

/** The target groups of a new group. @throws ServiceError when they are given both as such and as traffic sources. */
export function askedTargetGroups({ TargetGroupARNs = [], TrafficSources = [] }: Asked): string[] {
  if (TargetGroupARNs.length > 0 && TrafficSources.length > 0) {
    throw validationError(
      'You cannot specify both TargetGroupARNs and TrafficSources for an Auto Scaling group.',
    );
  }
  return [...TargetGroupARNs, ...targetGroupArns(TrafficSources)];
}
