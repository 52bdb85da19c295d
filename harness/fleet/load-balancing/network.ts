import {
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  EC2ServiceException,
} from '@aws-sdk/client-ec2';

import { ServiceError, validationError } from '../protocol/errors';

/** A subnet that a load balancer is to be in. */
export interface Subnet {
  readonly subnetId: string;
  readonly zone: string;
  readonly vpcId: string;
}

/** An instance that is to be a target. */
export interface TargetInstance {
  readonly instanceId: string;
  readonly zone: string;
  readonly vpcId: string;
  readonly state: string;
}

/** What Elastic Load Balancing needs of EC2. */
export interface Network {
  /** @throws ServiceError SubnetNotFound */
  subnets(subnetIds: readonly string[]): Promise<Subnet[]>;
  /** @throws ServiceError InvalidSecurityGroup */
  checkSecurityGroups(groupIds: readonly string[]): Promise<void>;
  /** @throws ServiceError ValidationError for a VPC that there is not. */
  checkVpc(vpcId: string): Promise<void>;
  defaultSecurityGroup(vpcId: string): Promise<string[]>;
  /** Those of the instances that EC2 knows. */
  instances(instanceIds: readonly string[]): Promise<TargetInstance[]>;
}

/** Answers with Elastic Load Balancing's error what EC2 refuses. */
async function refusable<T>(call: Promise<T>, code: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EC2ServiceException) {
      throw new ServiceError(code, error.message);
    }
    throw error;
  }
}

/** EC2 by its own API, through the edge. */
export class Ec2Network implements Network {
  constructor(private readonly ec2: EC2Client) {}

  async subnets(subnetIds: readonly string[]): Promise<Subnet[]> {
    const { Subnets = [] } = await refusable(
      this.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] })),
      'SubnetNotFound',
    );
    return subnetIds.flatMap((subnetId) => {
      const found = Subnets.find(({ SubnetId }) => SubnetId === subnetId);
      return found === undefined
        ? []
        : [{ subnetId, zone: found.AvailabilityZone ?? '', vpcId: found.VpcId ?? '' }];
    });
  }

  async checkSecurityGroups(groupIds: readonly string[]): Promise<void> {
    if (groupIds.length > 0) {
      await refusable(
        this.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [...groupIds] })),
        'InvalidSecurityGroup',
      );
    }
  }

  async checkVpc(vpcId: string): Promise<void> {
    const filter = { Name: 'vpc-id', Values: [vpcId] };
    const { Vpcs = [] } = await this.ec2.send(new DescribeVpcsCommand({ Filters: [filter] }));
    if (Vpcs.length === 0) {
      throw validationError(`The VPC ID '${vpcId}' is not found`);
    }
  }

  async defaultSecurityGroup(vpcId: string): Promise<string[]> {
    const { SecurityGroups = [] } = await this.ec2.send(
      new DescribeSecurityGroupsCommand({
        Filters: [
          { Name: 'vpc-id', Values: [vpcId] },
          { Name: 'group-name', Values: ['default'] },
        ],
      }),
    );
    return SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []);
  }

  async instances(instanceIds: readonly string[]): Promise<TargetInstance[]> {
    const filter = { Name: 'instance-id', Values: [...instanceIds] };
    const { Reservations = [] } = await this.ec2.send(new DescribeInstancesCommand({ Filters: [filter] }));
    return Reservations.flatMap(({ Instances = [] }) => Instances).map(
      ({ InstanceId, Placement, State, VpcId }) => ({
        instanceId: InstanceId ?? '',
        zone: Placement?.AvailabilityZone ?? '',
        vpcId: VpcId ?? '',
        state: State?.Name ?? '',
      }),
    );
  }
}
