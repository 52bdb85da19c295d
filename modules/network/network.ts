import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Fn, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

import { refuse, zoneProblems } from '../validation';
import { type NetworkChoices, networkProblems } from './network-choices';

const https = 443;

/** Bits that a subnet adds to the VPC's prefix: 16 subnets, of 4,096 addresses each in a /16. */
const subnetBits = 4;

/** Settings of a {@link Network}. */
export interface NetworkProps extends NetworkChoices {
  /** Beginning of the names of everything in it. */
  readonly name: string;
  /** AWS region that it stands in. */
  readonly region: string;
  /** Zones with a private subnet each; at least 2. */
  readonly availabilityZones: readonly string[];
}

/** A VPC of private subnets only: no internet gateway, no NAT; AWS services are reached through endpoints. */
export class Network extends Construct {
  readonly name: string;
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly availabilityZones: readonly string[];
  /** One private subnet a zone, in the order of the zones. */
  readonly subnetIds: readonly string[];

  /** What must exist before an instance can reach AWS's services. */
  readonly reachability: readonly ITerraformDependable[];

  private readonly endpointsGroup: SecurityGroup;
  private readonly s3PrefixListId: string;

  /**
   * @throws ValidationError for fewer than 2 zones or more than 8, the same zone twice, a zone of another region, and a range
   * of addresses without room.
   */
  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { name, region, availabilityZones, cidrBlock = '10.0.0.0/16' } = props;
    refuse([...zoneProblems(region, availabilityZones), ...networkProblems(props)]);
    this.name = name;
    this.cidrBlock = cidrBlock;
    this.availabilityZones = availabilityZones;

    const vpc = new Vpc(this, 'vpc', {
      cidrBlock,
      enableDnsSupport: true,
      // Private DNS of the interface endpoints needs host names; the provider waits 10 s for them.
      enableDnsHostnames: true,
      tags: { Name: name },
    });
    this.vpcId = vpc.id;
    this.flowLog(props);
    // Whatever is launched without a security group gets this one: without rules it reaches nothing.
    new DefaultSecurityGroup(this, 'default-security-group', { vpcId: vpc.id });

    const routes = new RouteTable(this, 'routes', { vpcId: vpc.id, tags: { Name: `${name}-private` } });
    const subnets = availabilityZones.map((zone, index) => {
      const subnet = new Subnet(this, `subnet-${zone}`, {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: subnetRange(cidrBlock, index),
        tags: { Name: `${name}-private-${zone}` },
      });
      const association = new RouteTableAssociation(this, `routes-${zone}`, {
        subnetId: subnet.id,
        routeTableId: routes.id,
      });
      return { id: subnet.id, association };
    });
    this.subnetIds = subnets.map((subnet) => subnet.id);

    const s3 = new VpcEndpoint(this, 's3', {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [routes.id],
      tags: { Name: `${name}-s3` },
    });
    this.s3PrefixListId = s3.prefixListId;

    this.endpointsGroup = new SecurityGroup(this, 'endpoints', {
      vpcId: vpc.id,
      name: `${name}-endpoints`,
      description: 'Interface endpoints: HTTPS from the instances that may use them',
      tags: { Name: `${name}-endpoints` },
    });
    const services = props.interfaceServices ?? ['sqs', 'autoscaling', 'ssm', 'ssmmessages'];
    const endpoints = services.map(
      (service) =>
        new VpcEndpoint(this, service, {
          vpcId: vpc.id,
          serviceName: `com.amazonaws.${region}.${service}`,
          vpcEndpointType: 'Interface',
          privateDnsEnabled: true,
          subnetIds: [...this.subnetIds],
          securityGroupIds: [this.endpointsGroup.id],
          tags: { Name: `${name}-${service}` },
        }),
    );
    this.reachability = [s3, ...endpoints, ...subnets.map(({ association }) => association)];
  }

  private flowLog({ name, flowLogBucketName }: NetworkProps): void {
    if (flowLogBucketName === undefined) {
      return;
    }
    new FlowLog(this, 'flow-log', {
      vpcId: this.vpcId,
      trafficType: 'ALL',
      logDestinationType: 's3',
      logDestination: `arn:aws:s3:::${flowLogBucketName}/${name}/`,
      tags: { Name: name },
    });
  }

  /** A security group for instances of this network: nothing comes in, and only HTTPS to the endpoints and S3 goes out. */
  instanceSecurityGroup(id: string, description: string): SecurityGroup {
    const name = `${this.name}-${id}`;
    const group = new SecurityGroup(this, id, { vpcId: this.vpcId, name, description, tags: { Name: name } });
    new VpcSecurityGroupEgressRule(this, `${id}-to-endpoints`, {
      securityGroupId: group.id,
      tags: { Name: 'HTTPS to the interface endpoints' },
      ipProtocol: 'tcp',
      fromPort: https,
      toPort: https,
      referencedSecurityGroupId: this.endpointsGroup.id,
    });
    new VpcSecurityGroupEgressRule(this, `${id}-to-s3`, {
      securityGroupId: group.id,
      tags: { Name: 'HTTPS to S3 through the gateway endpoint' },
      ipProtocol: 'tcp',
      fromPort: https,
      toPort: https,
      prefixListId: this.s3PrefixListId,
    });
    new VpcSecurityGroupIngressRule(this, `endpoints-from-${id}`, {
      securityGroupId: this.endpointsGroup.id,
      tags: { Name: `HTTPS from ${name}` },
      ipProtocol: 'tcp',
      fromPort: https,
      toPort: https,
      referencedSecurityGroupId: group.id,
    });
    return group;
  }
}

/** Range of a subnet, by its place in the range of the VPC: 0 to 15. */
export function subnetRange(cidrBlock: string, index: number): string {
  return Fn.cidrsubnet(cidrBlock, subnetBits, index);
}
