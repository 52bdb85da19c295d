import { Token } from 'cdktf';

import { type Problem, bucketNameProblems } from '../validation';

/** What a person chooses for a load balancer. */
export interface LoadBalancerChoices {
  /** ARN of the ACM certificate for HTTPS; HTTP is then redirected to it. @default none: HTTP only, for a demonstration */
  readonly certificateArn?: string | undefined;
  /** Refuses to delete the load balancer, also to Terraform. @default false */
  readonly deletionProtection?: boolean | undefined;
  /** Bucket for access logs; its policy must let Elastic Load Balancing put them there. @default none: no access logs */
  readonly accessLogBucketName?: string | undefined;
}

/**
 * Names of load balancers and target groups.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 */
export function loadBalancerNameProblems(field: string, given: string): Problem[] {
  return /^(?!internal-)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/.test(given)
    ? []
    : [
        {
          field,
          given,
          allowed:
            'Elastic Load Balancing allows up to 32 letters, digits and hyphens, none of them at an end, and not "internal-" at the beginning.',
        },
      ];
}

/** What AWS would refuse of a person's choices. */
export function loadBalancerProblems({
  certificateArn,
  accessLogBucketName,
}: LoadBalancerChoices): Problem[] {
  const isCertificate = (arn: string): boolean =>
    Token.isUnresolved(arn) ||
    /^arn:aws[a-z-]*:(acm|iam):[a-z0-9-]*:\d{12}:(server-)?certificate\/.+$/.test(arn);
  return [
    ...(certificateArn === undefined || isCertificate(certificateArn)
      ? []
      : [
          {
            field: 'certificateArn',
            given: certificateArn,
            allowed:
              'it must be the ARN of a certificate in ACM, as "arn:aws:acm:us-east-2:111122223333:certificate/…".',
          },
        ]),
    ...(accessLogBucketName === undefined
      ? []
      : bucketNameProblems('accessLogBucketName', accessLogBucketName)),
  ];
}
