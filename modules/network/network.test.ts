import { Synthesized } from '../testing/synthesized';
import { Network, type NetworkProps } from './network';

const props: NetworkProps = {
  name: 'films',
  region: 'us-east-2',
  availabilityZones: ['us-east-2a', 'us-east-2b', 'us-east-2c'],
};

const synthesize = (more: Partial<NetworkProps> = {}): Synthesized<Network> =>
  Synthesized.from((scope) => {
    const network = new Network(scope, 'network', { ...props, ...more });
    network.instanceSecurityGroup('workers', 'Workers');
    return network;
  });

const serviceNames = (stack: Synthesized<Network>, type: string): unknown[] =>
  stack
    .all('aws_vpc_endpoint')
    .filter((endpoint) => endpoint.vpc_endpoint_type === type)
    .map((endpoint) => endpoint.service_name);

describe('a network', () => {
  it('has a private subnet in each zone and no way to the internet', () => {
    const stack = synthesize();
    expect(stack.all('aws_subnet').map((subnet) => subnet.availability_zone)).toEqual([
      'us-east-2a',
      'us-east-2b',
      'us-east-2c',
    ]);
    expect(stack.all('aws_route_table_association')).toHaveLength(3);
    expect(stack.types.filter((type) => /gateway|route$|eip/.test(type))).toEqual([]);
    expect(stack.one('aws_route_table').route).toBeUndefined();
  });

  it('reaches S3 by a gateway endpoint, and the services a worker calls by interface endpoints', () => {
    const stack = synthesize();
    expect(serviceNames(stack, 'Gateway')).toEqual(['com.amazonaws.us-east-2.s3']);
    expect(stack.one('aws_vpc_endpoint', { vpc_endpoint_type: 'Gateway' }).route_table_ids).toHaveLength(1);
    expect(serviceNames(stack, 'Interface').sort()).toEqual([
      'com.amazonaws.us-east-2.autoscaling',
      'com.amazonaws.us-east-2.sqs',
      'com.amazonaws.us-east-2.ssm',
      'com.amazonaws.us-east-2.ssmmessages',
    ]);
  });

  it('has only the interface endpoints that are asked for, in every subnet and by their usual names', () => {
    const stack = synthesize({ interfaceServices: ['sqs'] });
    expect(serviceNames(stack, 'Interface')).toEqual(['com.amazonaws.us-east-2.sqs']);
    expect(stack.one('aws_vpc_endpoint', { vpc_endpoint_type: 'Interface' })).toMatchObject({
      private_dns_enabled: true,
      subnet_ids: stack.reference(stack.built.subnetIds),
    });
  });

  it('lets nothing in to instances: neither SSH nor anything else', () => {
    const stack = synthesize();
    const workers = stack.one('aws_security_group', { name: 'films-workers' });
    expect(workers.ingress).toBeUndefined();
    // The one ingress rule is that of the endpoints: HTTPS, from the instances.
    const rule = stack.one('aws_vpc_security_group_ingress_rule');
    expect(rule).toMatchObject({ ip_protocol: 'tcp', from_port: 443, to_port: 443 });
    expect(rule.security_group_id).toMatch(/aws_security_group\.network_endpoints/);
    expect(rule.referenced_security_group_id).toMatch(/aws_security_group\.network_workers/);
    expect(rule.cidr_ipv4).toBeUndefined();
  });

  it('leaves the default security group without a rule', () => {
    const group = synthesize().one('aws_default_security_group');
    expect(group.ingress).toBeUndefined();
    expect(group.egress).toBeUndefined();
  });

  it('says of each rule what it is for', () => {
    const stack = synthesize();
    for (const type of ['aws_vpc_security_group_egress_rule', 'aws_vpc_security_group_ingress_rule']) {
      for (const rule of stack.all(type)) {
        expect(rule.tags).toEqual({ Name: expect.stringMatching(/^HTTPS (to|from) /) as string });
      }
    }
  });

  it('lets instances out to the endpoints and to S3 only', () => {
    const stack = synthesize();
    const rules = stack.all('aws_vpc_security_group_egress_rule');
    expect(rules).toHaveLength(2);
    for (const rule of rules) {
      expect(rule).toMatchObject({ ip_protocol: 'tcp', from_port: 443, to_port: 443 });
      expect(rule.cidr_ipv4).toBeUndefined();
    }
    expect(rules.map((rule) => rule.referenced_security_group_id ?? rule.prefix_list_id)).toEqual([
      expect.stringMatching(/aws_security_group\.network_endpoints/),
      expect.stringMatching(/aws_vpc_endpoint\..+\.prefix_list_id/),
    ]);
  });

  it('takes 10.0.0.0/16', () => {
    const stack = synthesize();
    expect(stack.one('aws_vpc').cidr_block).toBe('10.0.0.0/16');
    expect(stack.one('aws_subnet', { availability_zone: 'us-east-2b' }).cidr_block).toBe(
      '${cidrsubnet("10.0.0.0/16", 4, 1)}',
    );
  });

  it('takes another range where one is given', () => {
    const stack = synthesize({ cidrBlock: '10.20.0.0/16' });
    expect(stack.one('aws_vpc').cidr_block).toBe('10.20.0.0/16');
    expect(stack.one('aws_subnet', { availability_zone: 'us-east-2a' }).cidr_block).toBe(
      '${cidrsubnet("10.20.0.0/16", 4, 0)}',
    );
  });

  it('keeps no flow logs', () => {
    expect(synthesize().all('aws_flow_log')).toEqual([]);
  });

  it('writes all of its flow logs to the bucket that is given', () => {
    const stack = synthesize({ flowLogBucketName: 'the-logs' });
    expect(stack.one('aws_flow_log')).toMatchObject({
      vpc_id: stack.reference(stack.built.vpcId),
      traffic_type: 'ALL',
      log_destination_type: 's3',
      log_destination: 'arn:aws:s3:::the-logs/films/',
    });
  });

  it.each([
    ['10.0.0.0/15', 'more than a VPC may have'],
    ['10.0.0.0/25', 'no room for 16 subnets'],
    ['10.0.0.1/16', 'an address within a range'],
    ['10.0.256.0/24', 'no address'],
    ['10.0.0.0', 'no size'],
  ])('refuses %s: %s', (cidrBlock) => {
    expect(() => synthesize({ cidrBlock })).toThrow(
      `cidrBlock is "${cidrBlock}"; it must be the first address of a range and its size, from /16 to /24`,
    );
  });

  it('takes the smallest range', () => {
    expect(synthesize({ cidrBlock: '10.0.255.0/24' }).one('aws_vpc').cidr_block).toBe('10.0.255.0/24');
  });

  it('refuses flow logs to no bucket', () => {
    expect(() => synthesize({ flowLogBucketName: 'Logs' })).toThrow('flowLogBucketName is "Logs"; S3 allows');
  });

  it('refuses a single zone', () => {
    expect(() => synthesize({ availabilityZones: ['us-east-2a'] })).toThrow(
      'availabilityZones is ["us-east-2a"]; name at least 2 zones',
    );
  });
});
