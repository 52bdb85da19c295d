import { AutoscalingPolicy } from '@cdktf/provider-aws/lib/autoscaling-policy';
import type { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group';
import { Construct } from 'constructs';

import { refuse } from '../validation';
import type { LoadBalancer } from './load-balancer';

/** Settings of {@link RequestTracking}. */
export interface RequestTrackingProps {
  /** Beginning of the policy's name. */
  readonly name: string;
  /** Name of the Auto Scaling group. */
  readonly groupName: string;
  /** Load balancer that counts the requests. */
  readonly loadBalancer: LoadBalancer;
  /** Target group of the instances. */
  readonly targetGroup: LbTargetGroup;
  /** Requests a minute for each instance. @default 1000 */
  readonly requestsPerTarget?: number | undefined;
}

/** Keeps a group at so many requests a minute for each of its instances. */
export class RequestTracking extends Construct {
  /** The provider's resources, for `addOverride`. */
  readonly resources: { readonly policy: AutoscalingPolicy };

  /** @throws ValidationError for a target that is not positive. */
  constructor(scope: Construct, id: string, props: RequestTrackingProps) {
    super(scope, id);
    const { name, groupName, loadBalancer, targetGroup, requestsPerTarget = 1000 } = props;
    refuse(
      requestsPerTarget > 0
        ? []
        : [{ field: 'requestsPerTarget', given: requestsPerTarget, allowed: 'it must be more than 0.' }],
    );
    const policy = new AutoscalingPolicy(this, 'requests', {
      name: `${name}-requests`,
      autoscalingGroupName: groupName,
      policyType: 'TargetTrackingScaling',
      targetTrackingConfiguration: {
        targetValue: requestsPerTarget,
        predefinedMetricSpecification: {
          predefinedMetricType: 'ALBRequestCountPerTarget',
          resourceLabel: `${loadBalancer.arnSuffix}/${targetGroup.arnSuffix}`,
        },
      },
      // Auto Scaling refuses a target group that no load balancer sends requests to.
      dependsOn: [loadBalancer.resources.listener],
    });
    this.resources = { policy };
  }
}
