import { ServiceUnderTest, closeServices, refused } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const AutoScalingGroupName = 'workers';

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
