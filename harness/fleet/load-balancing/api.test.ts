import {
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
  waitUntilLoadBalancerAvailable,
  waitUntilTargetDeregistered,
  waitUntilTargetInService,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import { LoadBalancingUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

const fixed = (body: string) =>
  ({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: body } }) as const;

describe('load balancers by the SDK', () => {
  it('are shown as they were asked for, with what AWS adds', async () => {
    const { client } = await LoadBalancingUnderTest.start();
    const { LoadBalancers: made } = await client.createLoadBalancer({
      Name: 'web',
      Subnets: ['subnet-a', 'subnet-b'],
      Tags: [{ Key: 'tier', Value: 'web' }],
    });
    expect(made?.[0]?.State).toEqual({ Code: 'provisioning' });
    const { LoadBalancers: shown } = await client.describeLoadBalancers({ Names: ['web'] });
    expect(shown).toEqual([
      {
        ...made![0]!,
        State: { Code: 'active' },
        Scheme: 'internet-facing',
        Type: 'application',
        VpcId: 'vpc-1',
        IpAddressType: 'ipv4',
        SecurityGroups: ['sg-default'],
        AvailabilityZones: [
          { ZoneName: 'us-east-2a', SubnetId: 'subnet-a', LoadBalancerAddresses: [] },
          { ZoneName: 'us-east-2b', SubnetId: 'subnet-b', LoadBalancerAddresses: [] },
        ],
      },
    ]);
    expect(shown?.[0]?.LoadBalancerArn).toMatch(
      /^arn:aws:elasticloadbalancing:us-east-2:000000000000:loadbalancer\/app\/web\/[0-9a-f]{16}$/,
    );
    expect(shown?.[0]?.DNSName).toMatch(/^web-\d+\.us-east-2\.elb\.localhost$/);
  });

  it('are made once: the same request again changes nothing, another one is refused', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const arn = await lab.loadBalancer();
    expect(await lab.loadBalancer()).toBe(arn);
    await expect(
      lab.client.createLoadBalancer({ Name: 'web', Subnets: ['subnet-a', 'subnet-c'] }),
    ).rejects.toMatchObject({
      name: 'DuplicateLoadBalancerNameException',
      message: "A load balancer with the same name 'web' exists, but with different settings",
    });
  });

  it.each([
    [{ Name: 'web', Subnets: ['subnet-a'] }, 'ValidationError', 'two different Availability Zones'],
    [
      { Name: 'web', Subnets: ['subnet-a', 'subnet-x'] },
      'SubnetNotFoundException',
      "'subnet-x' does not exist",
    ],
    [{ Name: 'a'.repeat(33), Subnets: ['subnet-a', 'subnet-b'] }, 'ValidationError', "longer than '32'"],
    [{ Name: '-web', Subnets: ['subnet-a', 'subnet-b'] }, 'ValidationError', 'begin or end with a hyphen'],
    [{ Name: 'w_b', Subnets: ['subnet-a', 'subnet-b'] }, 'ValidationError', 'alphanumeric'],
    [
      { Name: 'web', Subnets: ['subnet-a', 'subnet-b'], SecurityGroups: ['sg-9'] },
      'InvalidSecurityGroupException',
      'sg-9',
    ],
    [
      { Name: 'web', Subnets: ['subnet-a', 'subnet-b'], Type: 'network' as const },
      'UnsupportedOperation',
      'type network is not done',
    ],
  ])('are refused as AWS refuses them: %j', async (input, name, message) => {
    const { client } = await LoadBalancingUnderTest.start();
    await expect(client.createLoadBalancer(input)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as unknown,
    });
  });

  it('cannot be deleted while they are protected', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const LoadBalancerArn = await lab.loadBalancer();
    const protect = (Value: string): Promise<unknown> =>
      lab.client.modifyLoadBalancerAttributes({
        LoadBalancerArn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      });
    await protect('true');
    await expect(lab.client.deleteLoadBalancer({ LoadBalancerArn })).rejects.toMatchObject({
      name: 'OperationNotPermittedException',
    });
    await protect('false');
    await lab.client.deleteLoadBalancer({ LoadBalancerArn });
    await expect(
      lab.client.describeLoadBalancers({ LoadBalancerArns: [LoadBalancerArn] }),
    ).rejects.toMatchObject({ name: 'LoadBalancerNotFoundException' });
  });

  it('stay in their VPC', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const LoadBalancerArn = await lab.loadBalancer();
    await expect(
      lab.client.setSubnets({ LoadBalancerArn, Subnets: ['subnet-other-a', 'subnet-other-b'] }),
    ).rejects.toMatchObject({ name: 'InvalidSubnetException' });
  });

  it('have the attributes of AWS, and refuse others', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const LoadBalancerArn = await lab.loadBalancer();
    const { Attributes } = await lab.client.describeLoadBalancerAttributes({ LoadBalancerArn });
    expect(Attributes).toContainEqual({ Key: 'idle_timeout.timeout_seconds', Value: '60' });
    expect(Attributes).toContainEqual({ Key: 'routing.http.desync_mitigation_mode', Value: 'defensive' });
    expect(Attributes).toContainEqual({ Key: 'access_logs.s3.bucket', Value: '' });
    for (const [Key, Value, message] of [
      ['no.such.key', 'x', "attribute key 'no.such.key' is not recognized"],
      ['idle_timeout.timeout_seconds', '4001', '1 to 4000'],
      ['deletion_protection.enabled', 'yes', 'false, true'],
    ]) {
      await expect(
        lab.client.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes: [{ Key, Value }] }),
      ).rejects.toThrow(message);
    }
  });

  it('come in pages that the paginators of the SDK follow', async () => {
    const lab = await LoadBalancingUnderTest.start();
    for (const name of ['a', 'b', 'c']) {
      await lab.loadBalancer(name);
      await lab.targetGroup({ Name: name });
    }
    const names: (string | undefined)[] = [];
    for await (const page of paginateDescribeLoadBalancers({ client: lab.client }, { PageSize: 2 })) {
      expect(page.LoadBalancers?.length).toBeLessThanOrEqual(2);
      names.push(...(page.LoadBalancers ?? []).map(({ LoadBalancerName }) => LoadBalancerName));
    }
    for await (const page of paginateDescribeTargetGroups({ client: lab.client }, { PageSize: 1 })) {
      names.push(...(page.TargetGroups ?? []).map(({ TargetGroupName }) => TargetGroupName));
    }
    expect(names).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('satisfy the waiters of the SDK', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { client } = lab;
    const { group } = await lab.balanced([{ host: '127.0.0.1', port: 9 }]);
    const Targets = [{ Id: '127.0.0.1', Port: 9 }];
    const waiter = { client, maxWaitTime: 2, minDelay: 1, maxDelay: 1 };
    await waitUntilLoadBalancerAvailable(waiter, { Names: ['web'] });
    await waitUntilTargetInService(waiter, { TargetGroupArn: group, Targets });
    await client.deregisterTargets({ TargetGroupArn: group, Targets });
    await lab.pass(300);
    await waitUntilTargetDeregistered(waiter, { TargetGroupArn: group, Targets });
    expect(await lab.health(group)).toEqual([]);
  });
});

describe('target groups by the SDK', () => {
  it('have the defaults of AWS', async () => {
    const { client } = await LoadBalancingUnderTest.start();
    const { TargetGroups } = await client.createTargetGroup({
      Name: 'web',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: 'vpc-1',
    });
    expect(TargetGroups?.[0]).toMatchObject({
      TargetType: 'instance',
      ProtocolVersion: 'HTTP1',
      IpAddressType: 'ipv4',
      HealthCheckEnabled: true,
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckPath: '/',
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: [],
    });
    const { Attributes } = await client.describeTargetGroupAttributes({
      TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn,
    });
    expect(Object.fromEntries((Attributes ?? []).map(({ Key, Value }) => [Key, Value]))).toEqual({
      'deregistration_delay.timeout_seconds': '300',
      'stickiness.enabled': 'false',
      'stickiness.type': 'lb_cookie',
      'stickiness.lb_cookie.duration_seconds': '86400',
      'stickiness.app_cookie.duration_seconds': '86400',
      'stickiness.app_cookie.cookie_name': '',
      'slow_start.duration_seconds': '0',
      'load_balancing.algorithm.type': 'round_robin',
      'load_balancing.algorithm.anomaly_mitigation': 'off',
      'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
      'target_group_health.dns_failover.minimum_healthy_targets.count': '1',
      'target_group_health.dns_failover.minimum_healthy_targets.percentage': 'off',
      'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
      'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': 'off',
    });
  });

  it('cannot be deleted while a rule forwards to them, nor serve two load balancers', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { group, listener } = await lab.balanced([]);
    await expect(lab.client.deleteTargetGroup({ TargetGroupArn: group })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `Target group '${group}' is currently in use by a listener or a rule`,
    });
    const other = await lab.loadBalancer('other');
    await expect(lab.listener(other, { Type: 'forward', TargetGroupArn: group })).rejects.toMatchObject({
      name: 'TargetGroupAssociationLimitException',
    });
    await lab.client.deleteListener({ ListenerArn: listener });
    await lab.client.deleteTargetGroup({ TargetGroupArn: group });
    await expect(lab.client.describeTargetGroups({ TargetGroupArns: [group] })).rejects.toMatchObject({
      name: 'TargetGroupNotFoundException',
    });
  });

  it.each([
    [{ HealthCheckTimeoutSeconds: 10, HealthCheckIntervalSeconds: 10 }, 'must be smaller than the interval'],
    [{ UnhealthyThresholdCount: 11 }, "between '2' and '10'"],
    [{ Matcher: { HttpCode: '200-600' } }, "within '200-499'"],
    [{ VpcId: 'vpc-9' }, "The VPC ID 'vpc-9' is not found"],
    [{ HealthCheckPath: 'health' }, "must begin with a '/'"],
    [{ HealthCheckPath: '/health check' }, 'without spaces'],
    [{ HealthCheckPort: '80.5' }, "either 'traffic-port' or"],
    [{ HealthCheckPort: 'abc' }, "either 'traffic-port' or"],
    [{ Protocol: 'TCP' as const }, 'a target group of protocol TCP is not done'],
    [{ TargetType: 'lambda' as const }, 'of type lambda is not done'],
    [{ ProtocolVersion: 'GRPC' }, 'protocol version GRPC is not done'],
  ])('are refused with what is wrong: %j', async (settings, message) => {
    const lab = await LoadBalancingUnderTest.start();
    await expect(lab.targetGroup(settings)).rejects.toThrow(message);
  });

  it('take instances that run, and say what is wrong with others', async () => {
    const lab = await LoadBalancingUnderTest.start();
    lab.network.states.set('i-00000001', 'running').set('i-00000002', 'stopped');
    const group = await lab.targetGroup();
    const register = (Id: string): Promise<unknown> =>
      lab.client.registerTargets({ TargetGroupArn: group, Targets: [{ Id }] });
    await register('i-00000001');
    expect(await lab.health(group)).toEqual([
      {
        State: 'unused',
        Reason: 'Target.NotInUse',
        Description: 'Target group is not configured to receive traffic from the load balancer',
      },
    ]);
    await expect(register('i-00000002')).rejects.toMatchObject({ name: 'InvalidTargetException' });
    await expect(register('i-00000003')).rejects.toMatchObject({ name: 'InvalidTargetException' });
    await expect(register('server-1')).rejects.toThrow("Instance ID 'server-1' is not valid");
  });

  it('take instances of their own VPC only', async () => {
    const lab = await LoadBalancingUnderTest.start();
    lab.network.states.set('i-00000001', 'running');
    const group = await lab.targetGroup({ VpcId: 'vpc-2' });
    await expect(
      lab.client.registerTargets({ TargetGroupArn: group, Targets: [{ Id: 'i-00000001' }] }),
    ).rejects.toMatchObject({
      name: 'InvalidTargetException',
      message: "The following targets are not in the target group VPC 'vpc-2': 'i-00000001'",
    });
  });

  it('take addresses of this machine only, and say so', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const group = await lab.targetGroup({ TargetType: 'ip' });
    await expect(
      lab.client.registerTargets({ TargetGroupArn: group, Targets: [{ Id: '10.0.0.1' }] }),
    ).rejects.toThrow('127.0.0.0/8 only');
  });

  it.each([
    [70_000, 'less than or equal to 65535'],
    [0, 'greater than or equal to 1'],
  ])('take no target at port %i', async (Port, message) => {
    const lab = await LoadBalancingUnderTest.start();
    const group = await lab.targetGroup({ TargetType: 'ip' });
    await expect(
      lab.client.registerTargets({ TargetGroupArn: group, Targets: [{ Id: '127.0.0.1', Port }] }),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message) as unknown,
    });
  });

  it('say of a target that nobody registered that it is not registered', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const TargetGroupArn = await lab.targetGroup({ TargetType: 'ip' });
    const { TargetHealthDescriptions } = await lab.client.describeTargetHealth({
      TargetGroupArn,
      Targets: [{ Id: '127.0.0.1' }],
    });
    expect(TargetHealthDescriptions?.[0]?.TargetHealth).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotRegistered',
    });
  });
});

describe('listeners and rules by the SDK', () => {
  it('show a forward action in both of its forms, as AWS does', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { group, listener } = await lab.balanced([]);
    const { Listeners } = await lab.client.describeListeners({ ListenerArns: [listener] });
    expect(Listeners?.[0]?.DefaultActions).toEqual([
      {
        Type: 'forward',
        TargetGroupArn: group,
        ForwardConfig: {
          TargetGroups: [{ TargetGroupArn: group, Weight: 1 }],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ]);
  });

  it('are tried in order of their priorities, which can be changed', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { listener, url } = await lab.balanced([]);
    const rule = async (Priority: number, body: string): Promise<string> => {
      const { Rules } = await lab.client.createRule({
        ListenerArn: listener,
        Priority,
        Conditions: [{ Field: 'path-pattern', Values: ['/*'] }],
        Actions: [fixed(body)],
      });
      return Rules?.[0]?.RuleArn ?? '';
    };
    const second = await rule(20, 'second');
    const first = await rule(10, 'first');
    await expect(rule(10, 'third')).rejects.toMatchObject({
      name: 'PriorityInUseException',
      message: "Priority '10' is currently in use",
    });
    expect(await (await fetch(url)).text()).toBe('first');
    await lab.client.setRulePriorities({
      RulePriorities: [
        { RuleArn: second, Priority: 10 },
        { RuleArn: first, Priority: 20 },
      ],
    });
    expect(await (await fetch(url)).text()).toBe('second');
    const { Rules } = await lab.client.describeRules({ ListenerArn: listener });
    expect(Rules?.map(({ Priority }) => Priority)).toEqual(['10', '20', 'default']);
    await lab.client.deleteRule({ RuleArn: second });
    expect(await (await fetch(url)).text()).toBe('first');
  });

  it('set no header that ends in another one', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const ListenerArn = await lab.listener(await lab.loadBalancer(), fixed('one'));
    const Key = 'routing.http.response.x_frame_options.header_value';
    await expect(
      lab.client.modifyListenerAttributes({
        ListenerArn,
        Attributes: [{ Key, Value: 'DENY\r\nX-Other: 1' }],
      }),
    ).rejects.toThrow('printable characters');
  });

  it('cannot have the same port twice, nor lose their default rule', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const arn = await lab.loadBalancer();
    const listener = await lab.listener(arn, fixed('one'));
    await expect(lab.listener(arn, fixed('two'))).rejects.toMatchObject({
      name: 'DuplicateListenerException',
    });
    const { Rules } = await lab.client.describeRules({ ListenerArn: listener });
    expect(Rules).toHaveLength(1);
    await expect(lab.client.deleteRule({ RuleArn: Rules![0]!.RuleArn })).rejects.toMatchObject({
      name: 'OperationNotPermittedException',
    });
  });

  it.each([
    [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } } as const, 'creates a loop'],
    [
      { Type: 'redirect', RedirectConfig: { Port: '0', StatusCode: 'HTTP_301' } } as const,
      'from 1 to 65535, or #{port}',
    ],
    [
      { Type: 'redirect', RedirectConfig: { Path: 'new', StatusCode: 'HTTP_301' } } as const,
      "must begin with '/'",
    ],
    [
      { Type: 'redirect', RedirectConfig: { Host: 'b', StatusCode: 'HTTP_307' as 'HTTP_301' } } as const,
      'HTTP_301 or HTTP_302',
    ],
    [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '302' } } as const, '2XX, 4XX or 5XX'],
    [{ Type: 'forward' } as const, 'target group ARN must be specified'],
    [{ Type: 'authenticate-oidc' } as const, 'authenticate-oidc is not done'],
    [{ Type: 'forward', TargetGroupArn: 'arn:x' } as const, "Target group 'arn:x' not found"],
  ])('refuse actions that cannot be: %j', async (action, message) => {
    const lab = await LoadBalancingUnderTest.start();
    await expect(lab.listener(await lab.loadBalancer(), action)).rejects.toThrow(message);
  });

  it('stop listening when they are deleted, alone or with their load balancer', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const arn = await lab.loadBalancer();
    const first = lab.url(await lab.listener(arn, fixed('one'), 80));
    const listener = await lab.listener(arn, fixed('two'), 81);
    const second = lab.url(listener);
    expect(await (await fetch(second)).text()).toBe('two');
    await lab.client.deleteListener({ ListenerArn: listener });
    await expect(fetch(second)).rejects.toThrow('fetch failed');
    expect(await (await fetch(first)).text()).toBe('one');
    await lab.client.deleteLoadBalancer({ LoadBalancerArn: arn });
    await expect(fetch(first)).rejects.toThrow('fetch failed');
  });

  it('can be tagged, as can everything else', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { group, listener, arn } = await lab.balanced([]);
    const ResourceArns = [arn, listener, group];
    await lab.client.addTags({ ResourceArns, Tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] });
    await lab.client.removeTags({ ResourceArns: [group], TagKeys: ['a'] });
    const { TagDescriptions } = await lab.client.describeTags({ ResourceArns });
    expect(TagDescriptions?.map(({ Tags }) => Tags?.map(({ Key }) => Key))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['b'],
    ]);
  });

  it('answer every action of the API that is not done with a clear error', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const absent = lab.loadBalancing.service.actions().filter(({ done }) => !done);
    expect(absent.map(({ action }) => action)).toEqual([
      'AddTrustStoreRevocations',
      'CreateTrustStore',
      'DeleteSharedTrustStoreAssociation',
      'DeleteTrustStore',
      'DescribeTrustStoreAssociations',
      'DescribeTrustStoreRevocations',
      'DescribeTrustStores',
      'GetResourcePolicy',
      'GetTrustStoreCaCertificatesBundle',
      'GetTrustStoreRevocationContent',
      'ModifyCapacityReservation',
      'ModifyIpPools',
      'ModifyTrustStore',
      'RemoveTrustStoreRevocations',
    ]);
    await expect(lab.client.describeTrustStores({})).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: 'elasticloadbalancing:DescribeTrustStores is not done by the local emulation.',
    });
  });
});
