import { ArtifactBucket } from '../storage';
import { Synthesized, statements } from '../testing/synthesized';
import { account, tiers } from '../testing/tiers';
import { InstanceFleet, type InstanceFleetProps } from './instance-fleet';

const synthesize = (more: Partial<InstanceFleetProps> = {}) =>
  Synthesized.from((scope) => {
    const { network } = tiers(scope);
    const artifacts = new ArtifactBucket(scope, 'artifacts', { bucketName: 'the-artifacts' });
    const artifact = artifacts.add('program', __filename);
    const fleet = new InstanceFleet(scope, 'fleet', {
      region: account.region,
      network,
      name: 'programs',
      minSize: 2,
      desiredCapacity: 2,
      maxSize: 4,
      instanceType: 't3.small',
      securityGroup: { id: 'programs', description: 'Programs' },
      artifacts: [artifact],
      service: { unit: 'program.service', description: 'A program', program: 'bin/program', environment: {} },
      ...more,
    });
    return { network, fleet, artifact };
  });

describe('a fleet of instances', () => {
  it('spreads its group over all subnets, in a security group of its own', () => {
    const stack = synthesize();
    expect(stack.one('aws_autoscaling_group')).toMatchObject({
      name: 'programs',
      min_size: 2,
      desired_capacity: 2,
      max_size: 4,
      vpc_zone_identifier: stack.reference(stack.built.network.subnetIds),
    });
    expect(stack.one('aws_launch_template').network_interfaces).toMatchObject([
      { device_index: 0, security_groups: [stack.reference(stack.built.fleet.securityGroup.id)] },
    ]);
  });

  it('may download its artifacts and nothing else', () => {
    const stack = synthesize();
    const allowed = statements(stack.one('aws_iam_role_policy').policy);
    expect(Object.keys(allowed)).toEqual(['DownloadArtifacts']);
    expect(allowed.DownloadArtifacts).toMatchObject({
      Action: 's3:GetObject',
      Resource: [stack.reference(stack.built.artifact.arn)],
    });
  });

  it('stands behind no load balancer, and EC2 decides on its health', () => {
    const group = synthesize().one('aws_autoscaling_group');
    expect(group.health_check_type).toBe('EC2');
    expect(group.target_group_arns).toBeUndefined();
    expect(group.load_balancers).toBeUndefined();
  });

  it('stands behind the target groups that are given, which then decide on its health', () => {
    expect(
      synthesize({ targetGroupArns: ['arn:aws:elasticloadbalancing:target'] }).one('aws_autoscaling_group'),
    ).toMatchObject({
      health_check_type: 'ELB',
      target_group_arns: ['arn:aws:elasticloadbalancing:target'],
    });
  });

  it('leaves the desired capacity to the scaling policies after the first apply, and replaces no group for a warm pool', () => {
    const lifecycle = { ignore_changes: ['desired_capacity', 'initial_lifecycle_hook'] };
    expect(synthesize().one('aws_autoscaling_group').lifecycle).toEqual(lifecycle);
    expect(synthesize({ warmPool: {} }).one('aws_autoscaling_group').lifecycle).toEqual(lifecycle);
  });

  it('boots no instance before it can reach its artifact and may take it', () => {
    const needs = synthesize().one('aws_autoscaling_group').depends_on as string[];
    for (const need of [/aws_iam_role_policy\./, /aws_vpc_endpoint\./, /aws_route_table_association\./]) {
      expect(needs).toContainEqual(expect.stringMatching(need));
    }
  });

  it('goes over to a new template by an instance refresh: a new instance works before an old one goes, busy ones too', () => {
    const group = synthesize().one('aws_autoscaling_group');
    expect(group.launch_template).toMatchObject({
      version: expect.stringMatching(/^\$\{aws_launch_template\.\w+\.latest_version\}$/) as string,
    });
    expect(group.instance_refresh).toEqual({
      strategy: 'Rolling',
      preferences: {
        min_healthy_percentage: 100,
        max_healthy_percentage: 150,
        skip_matching: true,
        scale_in_protected_instances: 'Refresh',
      },
    });
  });

  it('stops an instance refresh by the alarms that are given', () => {
    const group = synthesize({ refreshAlarmNames: ['tasks-fail'] }).one('aws_autoscaling_group');
    expect(group.instance_refresh).toMatchObject({
      preferences: { alarm_specification: { alarms: ['tasks-fail'] } },
    });
  });

  it('launches instances of one type, on demand', () => {
    const group = synthesize().one('aws_autoscaling_group');
    expect(group.mixed_instances_policy).toBeUndefined();
    expect(group.capacity_rebalance).toBeUndefined();
  });

  it('lets other types stand in for the first one, still on demand', () => {
    const group = synthesize({ otherInstanceTypes: ['t3a.small'] }).one('aws_autoscaling_group');
    expect(group.launch_template).toBeUndefined();
    expect(group.mixed_instances_policy).toMatchObject({
      launch_template: { override: [{ instance_type: 't3.small' }, { instance_type: 't3a.small' }] },
      instances_distribution: {
        on_demand_allocation_strategy: 'prioritized',
        on_demand_percentage_above_base_capacity: 100,
      },
    });
    expect(group.capacity_rebalance).toBeUndefined();
  });

  it('takes spot instances above a base, and replaces one that is at risk', () => {
    const group = synthesize({
      otherInstanceTypes: ['t3a.small'],
      onDemandBaseCapacity: 1,
      onDemandPercentageAboveBaseCapacity: 25,
    }).one('aws_autoscaling_group');
    expect(group.mixed_instances_policy).toMatchObject({
      instances_distribution: {
        on_demand_base_capacity: 1,
        on_demand_percentage_above_base_capacity: 25,
        spot_allocation_strategy: 'price-capacity-optimized',
      },
    });
    expect(group.capacity_rebalance).toBe(true);
  });

  it('reports the metrics of its group', () => {
    expect(synthesize().one('aws_autoscaling_group').enabled_metrics).toContain('GroupInServiceInstances');
  });

  it('lets instances live as long as they are well', () => {
    expect(synthesize().one('aws_autoscaling_group').max_instance_lifetime).toBeUndefined();
  });

  it('replaces instances at the age that is given', () => {
    expect(
      synthesize({ maxInstanceLifetimeSeconds: 604_800 }).one('aws_autoscaling_group').max_instance_lifetime,
    ).toBe(604_800);
  });

  it('has no schedule', () => {
    expect(synthesize().types).not.toContain('aws_autoscaling_schedule');
  });

  it('changes its size at the times that are given', () => {
    const size = { minSize: 0, desiredCapacity: 0, maxSize: 1 };
    const stack = synthesize({
      schedule: [
        { name: 'night', recurrence: '0 20 * * *', ...size },
        { name: 'weekend', recurrence: '0 0 * * SAT', timeZone: 'America/New_York', ...size },
      ],
    });
    expect(stack.one('aws_autoscaling_schedule', { scheduled_action_name: 'night' })).toMatchObject({
      recurrence: '0 20 * * *',
      time_zone: 'Etc/UTC',
      min_size: 0,
      desired_capacity: 0,
      max_size: 1,
    });
    expect(stack.one('aws_autoscaling_schedule', { scheduled_action_name: 'weekend' })).toMatchObject({
      time_zone: 'America/New_York',
    });
  });

  it('has no warm pool, and waits for no boot', () => {
    const stack = synthesize();
    const group = stack.one('aws_autoscaling_group');
    expect(group.warm_pool).toBeUndefined();
    expect(group.initial_lifecycle_hook).toBeUndefined();
    expect(stack.all('aws_autoscaling_lifecycle_hook').map(({ name }) => name)).toEqual(['programs-drain']);
  });

  it('keeps stopped instances ready in a warm pool up to its maximum', () => {
    expect(synthesize({ warmPool: {} }).one('aws_autoscaling_group').warm_pool).toEqual({
      pool_state: 'Stopped',
    });
  });

  it('reports the metrics of a warm pool where there is one, and has none of them else', () => {
    const none = synthesize();
    expect(none.one('aws_autoscaling_group').enabled_metrics).toHaveLength(8);
    expect(none.built.fleet.metricWarmed()).toBeUndefined();
    const stack = synthesize({ warmPool: {} });
    const { fleet } = stack.built;
    expect(stack.one('aws_autoscaling_group').enabled_metrics).toHaveLength(16);
    const metrics = [fleet.metricWarmed(), fleet.metricWarmPoolPending(), fleet.metricWarmPoolDesired()];
    expect(metrics).toMatchObject([
      { namespace: 'AWS/AutoScaling', metricName: 'WarmPoolWarmedCapacity', statistic: 'Average' },
      { metricName: 'WarmPoolPendingCapacity', period: 60 },
      { metricName: 'WarmPoolDesiredCapacity' },
    ]);
    expect(stack.one('aws_autoscaling_group').enabled_metrics).toEqual(
      expect.arrayContaining(metrics.map((metric) => metric!.metricName)),
    );
  });

  it('keeps a warm pool as it is asked to', () => {
    const warmPool = {
      poolState: 'Running',
      minSize: 1,
      maxGroupPreparedCapacity: 3,
      reuseOnScaleIn: true,
    } as const;
    expect(synthesize({ warmPool }).one('aws_autoscaling_group').warm_pool).toEqual({
      pool_state: 'Running',
      min_size: 1,
      max_group_prepared_capacity: 3,
      instance_reuse_policy: { reuse_on_scale_in: true },
    });
  });

  it('holds an instance of a warm pool until it has booted, from the first one on, and replaces one that never does', () => {
    const stack = synthesize({ warmPool: {} });
    const hook = {
      name: 'programs-launch',
      lifecycle_transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      heartbeat_timeout: 600,
      default_result: 'ABANDON',
    };
    expect(stack.one('aws_autoscaling_group').initial_lifecycle_hook).toEqual([hook]);
    expect(stack.one('aws_autoscaling_lifecycle_hook', { name: 'programs-launch' })).toMatchObject(hook);
  });

  it('waits two minutes for a sign of life of an instance that drains, and then goes on', () => {
    expect(synthesize().one('aws_autoscaling_lifecycle_hook')).toMatchObject({
      name: 'programs-drain',
      lifecycle_transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      heartbeat_timeout: 120,
      default_result: 'CONTINUE',
    });
  });

  it('waits for a draining instance as long as asked', () => {
    expect(synthesize({ drainSeconds: 600 }).one('aws_autoscaling_lifecycle_hook').heartbeat_timeout).toBe(
      600,
    );
  });

  it('refuses a group whose min exceeds its desired capacity', () => {
    expect(() => synthesize({ minSize: 3 })).toThrow('minSize is 3; it must not exceed desiredCapacity (2).');
  });
});
