import { Synthesized } from '../testing/synthesized';
import { tiers } from '../testing/tiers';
import { PublicSubnets } from './public-subnets';

const synthesize = (): Synthesized<PublicSubnets> =>
  Synthesized.from((scope) => new PublicSubnets(scope, 'public', { network: tiers(scope).network }));

describe('public subnets', () => {
  it('lie in each zone of the network, apart from the private ones', () => {
    const stack = synthesize();
    const ranges = stack.all('aws_subnet').map((subnet) => subnet.cidr_block);
    expect(new Set(ranges).size).toBe(4);
    expect(stack.built.resources.subnets.map((subnet) => subnet.availabilityZoneInput)).toEqual([
      'us-east-2a',
      'us-east-2b',
    ]);
    expect(ranges).toContain('${cidrsubnet("10.0.0.0/16", 4, 8)}');
  });

  it('reach the internet, and the private ones still do not', () => {
    const stack = synthesize();
    const gateway = stack.reference(stack.built.resources.gateway.id);
    expect(stack.all('aws_route_table').map(({ route }) => route)).toEqual([
      undefined,
      [expect.objectContaining({ cidr_block: '0.0.0.0/0', gateway_id: gateway })],
    ]);
    const associated = stack
      .all('aws_route_table_association')
      .filter(({ route_table_id: table }) => table === stack.reference(stack.built.resources.routes.id));
    expect(associated.map(({ subnet_id: subnet }) => subnet)).toEqual(
      stack.built.subnetIds.map((id) => stack.reference(id)),
    );
  });

  it('give nothing in them a public address by itself', () => {
    for (const subnet of synthesize().all('aws_subnet'))
      expect(subnet.map_public_ip_on_launch).toBeUndefined();
  });
});
