import { isIPv4 } from 'node:net';

import { Token } from 'cdktf';

import { type Problem, bucketNameProblems } from '../validation';

/** What a deployer may choose of a network. */
export interface NetworkChoices {
  /**
   * Services that instances reach through interface endpoints, besides S3, which has a gateway endpoint. A processor of one's own
   * that calls another service needs it here: there is no other way out.
   *
   * @default sqs (tasks), autoscaling (lifecycle actions), and ssm and ssmmessages (Session Manager in place of SSH)
   */
  readonly interfaceServices?: readonly string[] | undefined;
  /** Addresses of the VPC, a /16 to a /24, of which a subnet takes a sixteenth. @default 10.0.0.0/16 */
  readonly cidrBlock?: string | undefined;
  /**
   * Bucket that the VPC's flow logs are written to, below the network's name; its policy must let
   * `delivery.logs.amazonaws.com` put objects there before the flow log is made, or AWS puts a policy of its own in its place.
   *
   * @default none: no flow logs
   */
  readonly flowLogBucketName?: string | undefined;
}

/** What a worker calls all the time. */
const servicesOfWorkers = ['sqs', 'autoscaling'];

/** Workers without a way to their queue and their group would never work. */
export function workerServicesProblems({ interfaceServices: given }: NetworkChoices): Problem[] {
  const missing = servicesOfWorkers.filter((service) => given?.includes(service) === false);
  return missing.length === 0
    ? []
    : [
        {
          field: 'interfaceServices',
          given,
          allowed: `workers call ${servicesOfWorkers.join(' and ')}: add ${missing.join(' and ')}.`,
        },
      ];
}

/** What AWS would refuse, and what has no room for the subnets. */
export function networkProblems({ cidrBlock, flowLogBucketName }: NetworkChoices): Problem[] {
  return [
    ...(cidrBlock === undefined || Token.isUnresolved(cidrBlock) ? [] : cidrProblems(cidrBlock)),
    ...(flowLogBucketName === undefined ? [] : bucketNameProblems('flowLogBucketName', flowLogBucketName)),
  ];
}

/**
 * AWS takes subnets of 16 addresses and more, and a VPC here is divided into 16.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
function cidrProblems(given: string): Problem[] {
  const [address = '', prefix = ''] = given.split('/');
  const bits = Number(prefix);
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return isIPv4(address) &&
    /^\d{2}$/.test(prefix) &&
    bits >= 16 &&
    bits <= 24 &&
    number % 2 ** (32 - bits) === 0
    ? []
    : [
        {
          field: 'cidrBlock',
          given,
          allowed:
            'it must be the first address of a range and its size, from /16 to /24, as "10.20.0.0/16".',
        },
      ];
}
