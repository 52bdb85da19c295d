import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

import { type Network, subnetRange } from './network';

/** Private subnets have the ranges before it; no region has as many zones. */
const firstPublicRange = 8;

/** Settings of {@link PublicSubnets}. */
export interface PublicSubnetsProps {
  /** Network that they are added to, with a subnet in each of its zones. */
  readonly network: Network;
}

/**
 * A public subnet in each zone of a network, for load balancers that serve the internet. The network's instances stay in
 * the private ones, which get no route to the gateway.
 */
export class PublicSubnets extends Construct {
  /** One a zone, in the order of the zones. */
  readonly subnetIds: readonly string[];
  /** What must exist before the internet is reached. */
  readonly reachability: readonly ITerraformDependable[];
  /** The provider's resources, for `addOverride`. */
  readonly resources: {
    readonly gateway: InternetGateway;
    readonly routes: RouteTable;
    readonly subnets: readonly Subnet[];
  };

  constructor(scope: Construct, id: string, { network }: PublicSubnetsProps) {
    super(scope, id);
    const { name, vpcId, cidrBlock, availabilityZones } = network;
    const gateway = new InternetGateway(this, 'gateway', { vpcId, tags: { Name: name } });
    const routes = new RouteTable(this, 'routes', {
      vpcId,
      route: [{ cidrBlock: '0.0.0.0/0', gatewayId: gateway.id }],
      tags: { Name: `${name}-public` },
    });
    const subnets = availabilityZones.map(
      (availabilityZone, index) =>
        new Subnet(this, `subnet-${availabilityZone}`, {
          vpcId,
          availabilityZone,
          cidrBlock: subnetRange(cidrBlock, firstPublicRange + index),
          tags: { Name: `${name}-public-${availabilityZone}` },
        }),
    );
    const associations = subnets.map(
      (subnet, index) =>
        new RouteTableAssociation(this, `routes-${availabilityZones[index] ?? ''}`, {
          subnetId: subnet.id,
          routeTableId: routes.id,
        }),
    );
    this.subnetIds = subnets.map((subnet) => subnet.id);
    this.reachability = [gateway, ...associations];
    this.resources = { gateway, routes, subnets };
  }
}
