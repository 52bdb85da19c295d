import { paginateDescribeAutoScalingGroups, paginateDescribeTags } from '@aws-sdk/client-auto-scaling';

import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const AutoScalingGroupName = 'workers';
const refused = (message: string, name = 'ValidationError'): object => ({
  name,
  message: expect.stringContaining(message) as string,
});

describe('a group', () => {
  it('shows what it was created with, and AWS’s defaults for the rest', async () => {
    await s.group({ MinSize: 1, MaxSize: 3 });
    const { AutoScalingGroups } = await s.client.describeAutoScalingGroups({});
    expect(AutoScalingGroups).toEqual([
      {
        AutoScalingGroupName,
        AutoScalingGroupARN: expect.stringMatching(
          /^arn:aws:autoscaling:us-east-2:000000000000:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/workers$/,
        ) as string,
        CreatedTime: new Date('2026-11-24T10:00:00Z'),
        MinSize: 1,
        MaxSize: 3,
        DesiredCapacity: 1,
        DefaultCooldown: 300,
        AvailabilityZones: ['us-east-2a', 'us-east-2b'],
        VPCZoneIdentifier: 'subnet-a,subnet-b',
        LaunchTemplate: {
          LaunchTemplateId: 'lt-workers',
          LaunchTemplateName: 'workers',
          Version: '$Latest',
        },
        HealthCheckType: 'EC2',
        HealthCheckGracePeriod: 0,
        TerminationPolicies: ['Default'],
        NewInstancesProtectedFromScaleIn: false,
        LoadBalancerNames: [],
        TargetGroupARNs: [],
        TrafficSources: [],
        SuspendedProcesses: [],
        EnabledMetrics: [],
        Tags: [],
        Instances: [
          {
            InstanceId: 'i-00000000000000001',
            InstanceType: 't3.micro',
            AvailabilityZone: 'us-east-2a',
            LifecycleState: 'InService',
            HealthStatus: 'Healthy',
            ProtectedFromScaleIn: false,
            LaunchTemplate: {
              LaunchTemplateId: 'lt-workers',
              LaunchTemplateName: 'workers',
              Version: '1',
            },
          },
        ],
        AvailabilityZoneDistribution: { CapacityDistributionStrategy: 'balanced-best-effort' },
        AvailabilityZoneImpairmentPolicy: {
          ZonalShiftEnabled: false,
          ImpairedZoneHealthCheckBehavior: 'IgnoreUnhealthy',
        },
        DeletionProtection: 'none',
        CapacityReservationSpecification: { CapacityReservationPreference: 'default' },
        ServiceLinkedRoleARN:
          'arn:aws:iam::000000000000:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
      },
    ]);
  });

  it('keeps what an update does not say', async () => {
    await s.group({ HealthCheckGracePeriod: 60, Context: 'c', MaxInstanceLifetime: 86_400 });
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName, DefaultCooldown: 10 });
    expect((await s.client.describeAutoScalingGroups({})).AutoScalingGroups).toMatchObject([
      { HealthCheckGracePeriod: 60, DefaultCooldown: 10, Context: 'c', MaxInstanceLifetime: 86_400 },
    ]);
  });

  it('forgets what an update says it wants no longer', async () => {
    await s.group({
      Context: 'c',
      MaxInstanceLifetime: 86_400,
      DefaultInstanceWarmup: 60,
      PlacementGroup: 'p',
      InstanceMaintenancePolicy: { MinHealthyPercentage: 90, MaxHealthyPercentage: 110 },
    });
    await s.client.updateAutoScalingGroup({
      AutoScalingGroupName,
      Context: '',
      MaxInstanceLifetime: 0,
      DefaultInstanceWarmup: -1,
      PlacementGroup: '',
      InstanceMaintenancePolicy: { MinHealthyPercentage: -1, MaxHealthyPercentage: -1 },
    });
    const [group] = (await s.client.describeAutoScalingGroups({})).AutoScalingGroups ?? [];
    for (const name of [
      'Context',
      'MaxInstanceLifetime',
      'DefaultInstanceWarmup',
      'PlacementGroup',
      'InstanceMaintenancePolicy',
    ]) {
      expect(group).not.toHaveProperty(name);
    }
  });

  it('moves its desired capacity into new bounds, unless the update says otherwise', async () => {
    await s.group({ DesiredCapacity: 2 });
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName, MinSize: 3 });
    expect((await s.client.describeAutoScalingGroups({})).AutoScalingGroups).toMatchObject([
      { MinSize: 3, DesiredCapacity: 3 },
    ]);
    await expect(
      s.client.updateAutoScalingGroup({ AutoScalingGroupName, MaxSize: 4, DesiredCapacity: 5 }),
    ).rejects.toMatchObject(
      refused('Desired capacity:5 must be between the specified min size:3 and max size:4'),
    );
  });

  it('takes the default subnets of zones that are named without subnets', async () => {
    await s.group({ DesiredCapacity: 1, VPCZoneIdentifier: undefined, AvailabilityZones: ['us-east-2c'] });
    expect(s.ec2.instances).toMatchObject([{ subnetId: 'subnet-c' }]);
  });

  it('is shown without its instances when the caller does not want them', async () => {
    await s.group({ DesiredCapacity: 1 });
    const { AutoScalingGroups } = await s.client.describeAutoScalingGroups({ IncludeInstances: false });
    expect(AutoScalingGroups).toMatchObject([{ Instances: [] }]);
  });

  it.each([
    [{ LaunchTemplate: undefined }, 'Valid requests must contain either LaunchTemplate'],
    [{ LaunchTemplate: { LaunchTemplateId: 'lt-gone' } }, 'valid fully-formed launch template'],
    [{ MinSize: 5, MaxSize: 4 }, 'Max bound, 4, must be greater than or equal to min bound, 5'],
    [{ MinSize: -1 }, 'Min bound, -1'],
    [{ DesiredCapacity: 11 }, 'Desired capacity:11 must be between'],
    [{ VPCZoneIdentifier: undefined }, 'At least one Availability Zone or VPC Subnet is required.'],
    [{ VPCZoneIdentifier: 'subnet-a,subnet-x' }, "The subnet ID 'subnet-x' does not exist"],
    [{ AvailabilityZones: ['us-east-2c'] }, 'do not match: us-east-2c'],
    [{ HealthCheckType: 'HEART' }, 'Invalid HealthCheckType: HEART'],
    [{ HealthCheckGracePeriod: -1 }, 'HealthCheckGracePeriod is -1'],
    [{ TerminationPolicies: ['Random'] }, 'Termination policy Random is not valid'],
    [{ MaxInstanceLifetime: 60 }, 'from 86400 to 31536000'],
    [{ Tags: [{ Key: 'aws:own', Value: 'x' }] }, 'reserved: aws:own'],
    [{ DeletionProtection: 'all' as never }, 'DeletionProtection all is not valid'],
    [{ DesiredCapacityType: 'dozens' }, 'DesiredCapacityType dozens is not valid'],
    [
      { AvailabilityZoneDistribution: { CapacityDistributionStrategy: 'uneven' as never } },
      'CapacityDistributionStrategy uneven is not valid',
    ],
    [{ InstanceMaintenancePolicy: { MinHealthyPercentage: 90 } }, 'needs both'],
    [
      { InstanceMaintenancePolicy: { MinHealthyPercentage: 5, MaxHealthyPercentage: 201 } },
      'MaxHealthyPercentage is 201',
    ],
    [
      { InstanceMaintenancePolicy: { MinHealthyPercentage: 50, MaxHealthyPercentage: 200 } },
      'must not be greater than 100',
    ],
  ])('with %j is refused', async (settings, message) => {
    await expect(s.group(settings)).rejects.toMatchObject(refused(message));
    expect(s.store.groups.size).toBe(0);
  });

  it.each([
    [{ LaunchConfigurationName: 'c' }, 'The Launch Configuration creation operation is not available'],
    [{ TerminationPolicies: ['arn:aws:lambda:us-east-2:000000000000:function:f'] }, 'Lambda function'],
    [{ AvailabilityZoneIds: ['use2-az1'] }, 'AvailabilityZoneIds of a group'],
    [{ LoadBalancerNames: ['classic'] }, 'LoadBalancerNames of a group'],
    [{ DesiredCapacityType: 'vcpu' }, 'a capacity in vcpu'],
    [
      { InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' as const } } },
      'retention',
    ],
  ])('with %j is refused as not done here', async (settings, message) => {
    await expect(s.group(settings)).rejects.toMatchObject(refused(message, 'UnsupportedOperation'));
  });

  it('keeps the settings that change nothing, and shows them', async () => {
    const settings = {
      CapacityRebalance: true,
      PlacementGroup: 'p',
      HealthCheckType: 'EC2,EBS',
      DesiredCapacityType: 'units',
      LoadBalancerNames: [],
    };
    await s.group(settings);
    expect((await s.client.describeAutoScalingGroups({})).AutoScalingGroups).toMatchObject([settings]);
  });

  it('cannot be created twice', async () => {
    await s.group();
    await expect(s.group()).rejects.toMatchObject(refused('already exists', 'AlreadyExistsFault'));
  });

  it('cannot have more instances by request than it may', async () => {
    await s.group({ MinSize: 1, MaxSize: 2, DesiredCapacity: 1 });
    const set = (DesiredCapacity: number): Promise<unknown> =>
      s.client.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity });
    await expect(set(0)).rejects.toMatchObject(refused('below min value 1'));
    await expect(set(3)).rejects.toMatchObject(refused('above max value 2'));
  });
});

describe('what does not exist', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a group', () => s.client.deleteAutoScalingGroup({ AutoScalingGroupName: 'x' }), 'not found'],
    [
      'the group of a hook',
      () => s.client.describeLifecycleHooks({ AutoScalingGroupName: 'x' }),
      'not found',
    ],
    [
      'a hook',
      () => s.client.deleteLifecycleHook({ AutoScalingGroupName, LifecycleHookName: 'x' }),
      'No Lifecycle Hook found',
    ],
    ['a policy', () => s.client.deletePolicy({ AutoScalingGroupName, PolicyName: 'x' }), 'not found'],
    ['a policy to execute', () => s.client.executePolicy({ PolicyName: 'x' }), 'not found'],
    [
      'a scheduled action',
      () => s.client.deleteScheduledAction({ AutoScalingGroupName, ScheduledActionName: 'x' }),
      'not found',
    ],
    [
      'an instance to terminate',
      () =>
        s.client.terminateInstanceInAutoScalingGroup({
          InstanceId: 'i-x',
          ShouldDecrementDesiredCapacity: false,
        }),
      'No managed instance found for instance ID: i-x',
    ],
    [
      'an instance to set unhealthy',
      () => s.client.setInstanceHealth({ InstanceId: 'i-x', HealthStatus: 'Unhealthy' }),
      'No managed instance',
    ],
    [
      'an instance to protect',
      () =>
        s.client.setInstanceProtection({
          AutoScalingGroupName,
          InstanceIds: ['i-x'],
          ProtectedFromScaleIn: true,
        }),
      'not part of Auto Scaling group',
    ],
    [
      'a process',
      () => s.client.suspendProcesses({ AutoScalingGroupName, ScalingProcesses: ['Sleep'] }),
      'Sleep is not one of the scaling processes',
    ],
    [
      'a metric',
      () =>
        s.client.enableMetricsCollection({
          AutoScalingGroupName,
          Metrics: ['Mood'],
          Granularity: '1Minute',
        }),
      'Mood is not one of the group metrics',
    ],
    [
      'a granularity',
      () => s.client.enableMetricsCollection({ AutoScalingGroupName, Granularity: '1Hour' }),
      'The valid value is 1Minute',
    ],
    [
      'a filter',
      () => s.client.describeTags({ Filters: [{ Name: 'colour', Values: ['red'] }] }),
      'Filter type colour is not correct',
    ],
    [
      'a health',
      () => s.client.setInstanceHealth({ InstanceId: 'i-00000000000000001', HealthStatus: 'Sleepy' }),
      'must be Healthy or Unhealthy',
    ],
  ])('%s is answered with a ValidationError that says so', async (_what, call, message) => {
    await s.group({ DesiredCapacity: 1 });
    await expect(call()).rejects.toMatchObject(refused(message));
  });

  it('is no error in a list of what to describe', async () => {
    await s.group();
    const described = await Promise.all([
      s.client.describeAutoScalingGroups({ AutoScalingGroupNames: ['x'] }),
      s.client.describeAutoScalingInstances({ InstanceIds: ['i-x'] }),
      s.client.describePolicies({ PolicyNames: ['x'] }),
      s.client.describeScalingActivities({ ActivityIds: ['x'] }),
    ]);
    expect(described).toMatchObject([
      { AutoScalingGroups: [] },
      { AutoScalingInstances: [] },
      { ScalingPolicies: [] },
      { Activities: [] },
    ]);
  });
});

describe('pages', () => {
  it('are followed by the SDK’s paginators to the end', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await s.group({ AutoScalingGroupName: name, Tags: [{ Key: 'k', Value: name }] });
    }
    const names: (string | undefined)[] = [];
    let pages = 0;
    for await (const { AutoScalingGroups } of paginateDescribeAutoScalingGroups(
      { client: s.client, pageSize: 2 },
      {},
    )) {
      pages += 1;
      names.push(...(AutoScalingGroups ?? []).map((group) => group.AutoScalingGroupName));
    }
    expect({ names, pages }).toEqual({ names: ['a', 'b', 'c', 'd', 'e'], pages: 3 });

    const tags: (string | undefined)[] = [];
    for await (const { Tags } of paginateDescribeTags({ client: s.client, pageSize: 4 }, {})) {
      tags.push(...(Tags ?? []).map(({ Value }) => Value));
    }
    expect(tags).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('are of 50 when the caller does not say, and at most of 100', async () => {
    for (let index = 0; index < 51; index += 1) {
      await s.group({ AutoScalingGroupName: `g${index}` });
    }
    const { AutoScalingGroups, NextToken } = await s.client.describeAutoScalingGroups({});
    expect(AutoScalingGroups).toHaveLength(50);
    expect(NextToken).toBeDefined();
    expect((await s.client.describeAutoScalingGroups({ NextToken })).AutoScalingGroups).toHaveLength(1);
    await expect(s.client.describeAutoScalingGroups({ MaxRecords: 101 })).rejects.toMatchObject(
      refused("Value '101' at 'maxRecords'"),
    );
    await expect(s.client.describeAutoScalingInstances({ MaxRecords: 51 })).rejects.toMatchObject(
      refused('less than or equal to 50'),
    );
  });

  it.each(['nonsense', Buffer.from('page:99').toString('base64url')])(
    'have no token like %s',
    async (NextToken) => {
      await expect(s.client.describeAutoScalingGroups({ NextToken })).rejects.toMatchObject({
        name: 'InvalidNextToken',
      });
    },
  );
});

describe('tags', () => {
  it('are created, replaced, found by filters and deleted', async () => {
    await s.group({ Tags: [{ Key: 'Stage', Value: 'old', PropagateAtLaunch: true }] });
    await s.group({ AutoScalingGroupName: 'other' });
    const tag = { ResourceId: 'workers', ResourceType: 'auto-scaling-group' };
    await s.client.createOrUpdateTags({
      Tags: [
        { ...tag, Key: 'Stage', Value: 'lab', PropagateAtLaunch: false },
        { ...tag, Key: 'Team', Value: 'media' },
      ],
    });
    const named = async (Name: string, ...Values: string[]): Promise<unknown> =>
      (await s.client.describeTags({ Filters: [{ Name, Values }] })).Tags?.map(({ Key, Value }) => [
        Key,
        Value,
      ]);
    expect(await named('auto-scaling-group', 'workers')).toEqual([
      ['Stage', 'lab'],
      ['Team', 'media'],
    ]);
    expect(await named('key', 'Team')).toEqual([['Team', 'media']]);
    expect(await named('value', 'lab')).toEqual([['Stage', 'lab']]);
    expect(await named('propagate-at-launch', 'true')).toEqual([]);

    const groups = async (Name: string, ...Values: string[]): Promise<unknown> =>
      (await s.client.describeAutoScalingGroups({ Filters: [{ Name, Values }] })).AutoScalingGroups?.map(
        (group) => group.AutoScalingGroupName,
      );
    expect(await groups('tag:Stage', 'lab')).toEqual(['workers']);
    expect(await groups('tag:Stage', 'old')).toEqual([]);
    expect(await groups('tag-key', 'Team')).toEqual(['workers']);
    expect(await groups('tag-value', 'nothing')).toEqual([]);

    await s.client.deleteTags({ Tags: [{ ...tag, Key: 'Stage' }] });
    expect(await named('auto-scaling-group', 'workers')).toEqual([['Team', 'media']]);
  });

  it('are at most 50 a group', async () => {
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    await expect(s.group({ Tags })).rejects.toMatchObject(refused('limit of 50 tags', 'LimitExceededFault'));
  });
});

describe('metrics of a group', () => {
  it('are enabled and disabled, all of them when none is named', async () => {
    await s.group();
    await s.client.enableMetricsCollection({
      AutoScalingGroupName,
      Metrics: ['GroupMinSize', 'GroupMaxSize'],
      Granularity: '1Minute',
    });
    await s.client.disableMetricsCollection({ AutoScalingGroupName, Metrics: ['GroupMinSize'] });
    const enabled = async (): Promise<unknown> =>
      (await s.client.describeAutoScalingGroups({})).AutoScalingGroups?.[0]?.EnabledMetrics;
    expect(await enabled()).toEqual([{ Metric: 'GroupMaxSize', Granularity: '1Minute' }]);
    await s.client.disableMetricsCollection({ AutoScalingGroupName });
    expect(await enabled()).toEqual([]);
  });
});

describe('instances', () => {
  it('are described across groups, their health in capitals', async () => {
    await s.group({ DesiredCapacity: 1 });
    await s.group({ AutoScalingGroupName: 'other', DesiredCapacity: 1 });
    const { AutoScalingInstances } = await s.client.describeAutoScalingInstances({});
    expect(AutoScalingInstances).toMatchObject([
      { AutoScalingGroupName: 'workers', HealthStatus: 'HEALTHY', LifecycleState: 'InService' },
      { AutoScalingGroupName: 'other' },
    ]);
  });
});
