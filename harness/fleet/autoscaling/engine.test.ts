import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const zonesOf = async (): Promise<(string | undefined)[]> =>
  (await s.instances()).map(({ AvailabilityZone }) => AvailabilityZone).sort();

describe('a group', () => {
  it('launches its desired capacity, spread over its zones, and says why', async () => {
    await s.group({ DesiredCapacity: 3 });
    expect(await s.states()).toEqual(['InService', 'InService', 'InService']);
    expect(await zonesOf()).toEqual(['us-east-2a', 'us-east-2a', 'us-east-2b']);
    const [newest] = await s.activities();
    expect(newest).toMatchObject({
      Description: 'Launching a new EC2 instance: i-00000000000000003',
      Cause:
        'At 2026-11-24T10:00:00Z a user request created an AutoScalingGroup changing the desired capacity from 0 to 3.  At 2026-11-24T10:00:00Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 2 to 3.',
      StatusCode: 'Successful',
      Progress: 100,
      Details: '{"Subnet ID":"subnet-a","Availability Zone":"us-east-2a"}',
    });
  });

  it('gives its instances the tags that propagate, and its own name', async () => {
    await s.group({
      DesiredCapacity: 1,
      Tags: [
        { Key: 'Name', Value: 'worker', PropagateAtLaunch: true },
        { Key: 'Team', Value: 'media', PropagateAtLaunch: false },
      ],
    });
    expect(s.ec2.instances[0]!.tags).toEqual({ Name: 'worker', 'aws:autoscaling:groupName': 'workers' });
  });

  it('launches from the version that $Latest means at each launch', async () => {
    await s.group({ DesiredCapacity: 1 });
    s.ec2.latestVersion = 2;
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 2 });
    await s.engine.tick();
    expect(s.ec2.instances.map(({ template }) => template.Version)).toEqual(['1', '2']);
  });

  it('follows a changed capacity up and down', async () => {
    await s.group({ DesiredCapacity: 2 });
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 4 });
    await s.engine.tick();
    expect(await s.states()).toHaveLength(4);
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName: 'workers', MaxSize: 1 });
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(1);
    expect((await s.activities())[0]).toMatchObject({
      Description: expect.stringContaining('Terminating EC2 instance: i-') as string,
      Cause: expect.stringMatching(
        /^At 2026-11-24T10:00:00Z a user request update of AutoScalingGroup constraints to min: 0, max: 1, desired: 1 changing the desired capacity from 4 to 1\. {2}At 2026-11-24T10:00:00Z an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from [234] to [123]\. {2}At 2026-11-24T10:00:00Z instance i-\d+ was selected for termination\.$/,
      ) as string,
    });
  });

  it('launches no more than it wants while EC2 is slow to answer', async () => {
    const held = s.ec2.holdLaunches();
    const created = s.group({ DesiredCapacity: 2 });
    await held.asked;
    const again = s.engine.tick();
    held.release();
    await Promise.all([created, again]);
    await s.engine.tick();
    expect(s.ec2.instances).toHaveLength(2);
  });

  it('keeps an instance Pending until EC2 says that it runs', async () => {
    s.ec2.launchState = 'pending';
    await s.group({ DesiredCapacity: 1 });
    expect(await s.states()).toEqual(['Pending']);
    s.ec2.instances[0]!.state = 'running';
    await s.engine.tick();
    expect(await s.states()).toEqual(['InService']);
  });

  it('tells of a launch that EC2 refuses, and tries again later and later', async () => {
    s.ec2.refusal = 'InvalidAMIID.NotFound: The image id does not exist';
    await s.group({ DesiredCapacity: 1 });
    await s.pass(4);
    expect(await s.activities()).toHaveLength(1);
    expect((await s.activities())[0]).toMatchObject({
      StatusCode: 'Failed',
      Progress: 100,
      StatusMessage: 'InvalidAMIID.NotFound: The image id does not exist. Launching EC2 instance failed.',
      Description:
        'Launching a new EC2 instance.  Status Reason: InvalidAMIID.NotFound: The image id does not exist. Launching EC2 instance failed.',
    });
    await s.pass(1);
    await s.pass(9);
    expect(await s.activities()).toHaveLength(2);
    s.ec2.refusal = undefined;
    await s.pass(1);
    expect(await s.states()).toEqual(['InService']);
  });

  it('launches in another zone when one has no room (ts-as-capacity.html)', async () => {
    s.ec2.full.add('subnet-a');
    await s.group({ DesiredCapacity: 2, VPCZoneIdentifier: 'subnet-a,subnet-b' });
    await s.pass(0);
    expect(s.ec2.alive.map(({ subnetId }) => subnetId)).toEqual(['subnet-b', 'subnet-b']);
    const activities = await s.activities();
    // The newest was to balance the zones again.
    const [newest, ...others] = activities;
    expect(newest).toMatchObject({ StatusCode: 'Failed' });
    expect(newest!.Cause).toContain('to balance instances in zones');
    expect(others.map(({ StatusCode }) => StatusCode).sort()).toEqual(['Failed', 'Successful', 'Successful']);
    expect(others.find(({ StatusCode }) => StatusCode === 'Failed')!.StatusMessage).toBe(
      'no room in subnet-a. Launching EC2 instance failed.',
    );
    s.ec2.full.clear();
    await s.pass(299);
    expect(s.ec2.alive.map(({ subnetId }) => subnetId)).toEqual(['subnet-b', 'subnet-b']);
    await s.pass(1);
    expect(s.ec2.alive.map(({ subnetId }) => subnetId).sort()).toEqual(['subnet-a', 'subnet-b']);
  });

  it('waits for the zone without room when its zones are to stay balanced', async () => {
    s.ec2.full.add('subnet-a');
    await s.group({
      DesiredCapacity: 2,
      AvailabilityZoneDistribution: { CapacityDistributionStrategy: 'balanced-only' },
    });
    await s.pass(5);
    expect(s.ec2.alive.map(({ subnetId }) => subnetId)).toEqual(['subnet-b']);
    s.ec2.full.clear();
    await s.pass(10);
    expect(s.ec2.alive.map(({ subnetId }) => subnetId)).toEqual(['subnet-b', 'subnet-a']);
  });

  it('waits when no zone has room, and fills the group once there is some', async () => {
    s.ec2.full.add('subnet-a').add('subnet-b');
    await s.group({ DesiredCapacity: 1, VPCZoneIdentifier: 'subnet-a,subnet-b' });
    await s.pass(4);
    expect(await s.activities()).toHaveLength(2);
    expect(s.ec2.alive).toEqual([]);
    s.ec2.full.delete('subnet-b');
    await s.pass(1);
    expect(s.ec2.alive.map(({ subnetId }) => subnetId)).toEqual(['subnet-b']);
  });

  it('keeps a capacity that was changed while EC2 was asked about an update', async () => {
    await s.group({ DesiredCapacity: 1, MaxSize: 4 });
    const resolve = s.ec2.resolveTemplate.bind(s.ec2);
    s.ec2.resolveTemplate = (template) => {
      const group = s.store.group('workers');
      group.settings = { ...group.settings, DesiredCapacity: 3 };
      return resolve(template);
    };
    await s.client.updateAutoScalingGroup({
      AutoScalingGroupName: 'workers',
      LaunchTemplate: { LaunchTemplateId: 'lt-workers', Version: '$Latest' },
    });
    expect(s.store.group('workers').settings).toMatchObject({
      DesiredCapacity: 3,
      LaunchTemplate: { Version: '$Latest' },
    });
  });

  it('tries a launch at once after an update, which may have mended it', async () => {
    s.ec2.refusal = 'broken';
    await s.group({ DesiredCapacity: 1 });
    s.ec2.refusal = undefined;
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName: 'workers', MinSize: 1 });
    await s.engine.tick();
    expect(await s.states()).toEqual(['InService']);
  });
});

describe('healing', () => {
  it.each(['terminated', 'shutting-down', 'stopped', 'stopping'] as const)(
    'replaces an instance that is %s, grace period or not',
    async (state) => {
      await s.group({ DesiredCapacity: 2, HealthCheckGracePeriod: 300 });
      s.ec2.instances[0]!.state = state;
      await s.engine.tick();
      expect(await s.states()).toEqual(['InService', 'InService']);
      expect(s.ec2.alive.map(({ instanceId }) => instanceId)).toEqual([
        'i-00000000000000002',
        'i-00000000000000003',
      ]);
      expect((await s.activities()).slice(0, 2)).toMatchObject([
        {
          Cause:
            'At 2026-11-24T10:00:00Z an instance was launched in response to an unhealthy instance needing to be replaced.',
        },
        {
          Cause:
            'At 2026-11-24T10:00:00Z an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.',
        },
      ]);
    },
  );

  it('launches the replacement in the zone of the lost instance', async () => {
    await s.group({ DesiredCapacity: 2 });
    s.ec2.instances[1]!.state = 'terminated';
    await s.engine.tick();
    expect(await zonesOf()).toEqual(['us-east-2a', 'us-east-2b']);
  });

  it('replaces an instance that someone set unhealthy, once its grace period is over', async () => {
    await s.group({ DesiredCapacity: 1, HealthCheckGracePeriod: 60 });
    const InstanceId = s.ec2.instances[0]!.instanceId;
    await s.client.setInstanceHealth({ InstanceId, HealthStatus: 'Unhealthy' });
    await s.engine.tick();
    expect(s.ec2.instances).toHaveLength(1);
    await s.pass(60);
    await s.client.setInstanceHealth({ InstanceId, HealthStatus: 'Unhealthy' });
    await s.engine.tick();
    expect(s.ec2.alive.map(({ instanceId }) => instanceId)).toEqual(['i-00000000000000002']);
    expect((await s.activities())[1]!.Cause).toContain('in response to a user health-check.');
  });

  it('replaces it at once when the caller does not respect the grace period', async () => {
    await s.group({ DesiredCapacity: 1, HealthCheckGracePeriod: 60 });
    await s.client.setInstanceHealth({
      InstanceId: s.ec2.instances[0]!.instanceId,
      HealthStatus: 'Unhealthy',
      ShouldRespectGracePeriod: false,
    });
    await s.engine.tick();
    expect(s.ec2.instances).toHaveLength(2);
  });
});

describe('a group that cannot be worked on', () => {
  const breakStates = (): Promise<void> => {
    const states = s.ec2.states.bind(s.ec2);
    s.ec2.states = (instanceIds) =>
      instanceIds.length === 1 ? Promise.reject(new Error('EC2 does not answer')) : states(instanceIds);
    return Promise.resolve();
  };
  const breakTopic = async (): Promise<void> => {
    await s.client.putNotificationConfiguration({
      AutoScalingGroupName: 'other',
      TopicARN: 'arn:aws:sns:us-east-2:000000000000:gone',
      NotificationTypes: ['autoscaling:EC2_INSTANCE_TERMINATE'],
    });
    s.notifications.broken.add('arn:aws:sns:us-east-2:000000000000:gone');
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'other', DesiredCapacity: 0 });
  };

  it.each([
    ['EC2 that does not answer', breakStates],
    ['a topic that takes no message', breakTopic],
  ])('keeps neither others nor their alarms from their work: %s', async (_why, breakIt) => {
    await s.group({ AutoScalingGroupName: 'other', DesiredCapacity: 1 });
    await s.group({ DesiredCapacity: 2 });
    const { PolicyARN = '' } = await s.client.putScalingPolicy({
      AutoScalingGroupName: 'workers',
      PolicyName: 'p',
      AdjustmentType: 'ChangeInCapacity',
      ScalingAdjustment: 2,
    });
    s.alarms.create('backlog', 'above', 10, PolicyARN);
    s.alarms.set('backlog', 'ALARM', 20);
    await breakIt();
    await expect(s.engine.tick()).rejects.toThrow(/does not/);
    expect(s.store.group('workers').members).toHaveLength(4);
  });

  it('is told with everything that went wrong', async () => {
    await s.group({ AutoScalingGroupName: 'other', DesiredCapacity: 1 });
    const TopicARN = 'arn:aws:sns:us-east-2:000000000000:gone';
    const targets = [TopicARN, `${TopicARN}-too`];
    for (const target of targets) {
      await s.client.putNotificationConfiguration({
        AutoScalingGroupName: 'other',
        TopicARN: target,
        NotificationTypes: ['autoscaling:EC2_INSTANCE_TERMINATE'],
      });
      s.notifications.broken.add(target);
    }
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'other', DesiredCapacity: 0 });
    s.ec2.instances[0]!.state = 'terminated';
    const { message } = await s.engine.tick().then(
      () => new Error('nothing went wrong'),
      (error: unknown) => error as Error,
    );
    expect(message.split('\n').sort()).toEqual(targets.map((target) => `${target} does not exist`));
  });
});

describe('a suspended process', () => {
  const suspend = (...ScalingProcesses: string[]): Promise<unknown> =>
    s.client.suspendProcesses({ AutoScalingGroupName: 'workers', ScalingProcesses });
  const lose = async (): Promise<void> => {
    s.ec2.instances[0]!.state = 'terminated';
    await s.engine.tick();
  };

  it('Launch launches nothing, until it is resumed', async () => {
    await s.group({ DesiredCapacity: 1 });
    await suspend('Launch');
    await lose();
    expect(s.ec2.instances).toHaveLength(1);
    await s.client.resumeProcesses({ AutoScalingGroupName: 'workers' });
    await s.engine.tick();
    expect(s.ec2.instances).toHaveLength(2);
  });

  it('Terminate terminates nothing', async () => {
    await s.group({ DesiredCapacity: 2 });
    await suspend('Terminate');
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 1 });
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(2);
  });

  it('HealthCheck finds nothing unhealthy', async () => {
    await s.group({ DesiredCapacity: 1 });
    await suspend('HealthCheck');
    await lose();
    expect((await s.instances())[0]!.HealthStatus).toBe('Healthy');
  });

  it('ReplaceUnhealthy leaves what is found unhealthy', async () => {
    await s.group({ DesiredCapacity: 1 });
    await suspend('ReplaceUnhealthy');
    await lose();
    expect(await s.instances()).toMatchObject([{ HealthStatus: 'Unhealthy', LifecycleState: 'InService' }]);
  });

  it('AZRebalance leaves zones as they are', async () => {
    await s.group({ DesiredCapacity: 2 });
    await suspend('AZRebalance');
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName: 'workers', VPCZoneIdentifier: 'subnet-c' });
    await s.engine.tick();
    expect(await zonesOf()).toEqual(['us-east-2a', 'us-east-2b']);
  });
});

describe('instances with a maximum lifetime', () => {
  it('are replaced one after the other when it is over', async () => {
    await s.group({
      DesiredCapacity: 2,
      MaxInstanceLifetime: 86_400,
      LifecycleHookSpecificationList: [
        {
          LifecycleHookName: 'hook',
          LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
          HeartbeatTimeout: 30,
          DefaultResult: 'CONTINUE',
        },
      ],
    });
    const running = (): boolean[] => s.ec2.instances.map(({ state }) => state === 'running');
    await s.pass(86_399);
    expect(running()).toEqual([true, true]);
    await s.pass(1);
    expect(running()).toEqual([false, true, true]);
    await s.pass(29);
    expect(running()).toEqual([false, true, true]);
    await s.pass(1);
    expect(running()).toEqual([false, false, true, true]);
    expect((await s.activities()).map(({ Cause }) => Cause)).toEqual(
      expect.arrayContaining([expect.stringContaining('reaching its maximum lifetime')]),
    );
  });

  it('are replaced by a tenth of the capacity at once', async () => {
    await s.group({ DesiredCapacity: 20, MaxSize: 20, MaxInstanceLifetime: 86_400 });
    await s.client.putLifecycleHook({
      AutoScalingGroupName: 'workers',
      LifecycleHookName: 'hook',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    });
    await s.pass(86_400);
    expect(s.ec2.instances).toHaveLength(22);
    expect(s.ec2.alive).toHaveLength(20);
  });

  it('stay while they are protected from scale-in', async () => {
    await s.group({
      DesiredCapacity: 1,
      MaxInstanceLifetime: 86_400,
      NewInstancesProtectedFromScaleIn: true,
    });
    await s.pass(86_401);
    expect(s.ec2.instances).toHaveLength(1);
  });

  it('have none by default', async () => {
    await s.group({ DesiredCapacity: 1 });
    await s.pass(31_536_001);
    expect(s.ec2.instances).toHaveLength(1);
  });
});

describe('zones', () => {
  it('are left one instance after the other when they are no longer the group’s', async () => {
    await s.group({ DesiredCapacity: 2 });
    await s.client.updateAutoScalingGroup({
      AutoScalingGroupName: 'workers',
      VPCZoneIdentifier: 'subnet-b,subnet-c',
    });
    await s.engine.tick();
    expect(await zonesOf()).toEqual(['us-east-2b', 'us-east-2c']);
    expect(s.ec2.alive).toHaveLength(2);
  });

  it('are balanced again when one has two more than another', async () => {
    await s.group({ DesiredCapacity: 3, VPCZoneIdentifier: 'subnet-a' });
    await s.client.updateAutoScalingGroup({
      AutoScalingGroupName: 'workers',
      VPCZoneIdentifier: 'subnet-a,subnet-b',
    });
    await s.engine.tick();
    expect(await zonesOf()).toEqual(['us-east-2a', 'us-east-2a', 'us-east-2b']);
    const causes = (await s.activities()).map(({ Cause }) => Cause);
    expect(causes[1]).toContain('instances were launched to balance instances in zones');
  });

  it('are balanced also while an instance is on standby', async () => {
    await s.group({ DesiredCapacity: 4, VPCZoneIdentifier: 'subnet-a' });
    await s.client.enterStandby({
      AutoScalingGroupName: 'workers',
      InstanceIds: [s.ec2.instances[0]!.instanceId],
      ShouldDecrementDesiredCapacity: true,
    });
    await s.client.updateAutoScalingGroup({
      AutoScalingGroupName: 'workers',
      VPCZoneIdentifier: 'subnet-a,subnet-b',
    });
    await s.engine.tick();
    expect(await zonesOf()).toEqual(['us-east-2a', 'us-east-2a', 'us-east-2a', 'us-east-2b']);
  });

  it('lose no instance before its replacement is in service', async () => {
    await s.group({ DesiredCapacity: 2 });
    s.ec2.launchState = 'pending';
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName: 'workers', VPCZoneIdentifier: 'subnet-b' });
    await s.engine.tick();
    expect(await s.states()).toEqual(['InService', 'InService', 'Pending']);
    s.ec2.instances[2]!.state = 'running';
    await s.engine.tick();
    expect(s.ec2.instances[0]!.state).toBe('terminated');
  });
});

describe('an instance that is to be terminated', () => {
  it('leaves with a replacement, or without when the capacity is decremented', async () => {
    await s.group({ DesiredCapacity: 2 });
    const [first, second] = s.ec2.instances;
    const { Activity } = await s.client.terminateInstanceInAutoScalingGroup({
      InstanceId: first!.instanceId,
      ShouldDecrementDesiredCapacity: false,
    });
    expect(Activity).toMatchObject({
      StatusCode: 'InProgress',
      Cause: `At 2026-11-24T10:00:00Z instance ${first!.instanceId} was taken out of service in response to a user request.`,
    });
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(2);
    await s.client.terminateInstanceInAutoScalingGroup({
      InstanceId: second!.instanceId,
      ShouldDecrementDesiredCapacity: true,
    });
    await s.engine.tick();
    expect(s.ec2.alive.map(({ instanceId }) => instanceId)).toEqual(['i-00000000000000003']);
  });

  it('is terminated though it is protected, when a request names it', async () => {
    await s.group({ DesiredCapacity: 1, NewInstancesProtectedFromScaleIn: true });
    await s.client.terminateInstanceInAutoScalingGroup({
      InstanceId: s.ec2.instances[0]!.instanceId,
      ShouldDecrementDesiredCapacity: true,
    });
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(0);
  });

  it('is none that is protected from scale-in', async () => {
    await s.group({ DesiredCapacity: 2 });
    const [first, second] = s.ec2.instances;
    await s.client.setInstanceProtection({
      AutoScalingGroupName: 'workers',
      InstanceIds: [first!.instanceId],
      ProtectedFromScaleIn: true,
    });
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 0 });
    await s.engine.tick();
    expect([first!.state, second!.state]).toEqual(['running', 'terminated']);
  });
});

describe('deleting a group', () => {
  const remove = (ForceDelete: boolean): Promise<unknown> =>
    s.client.deleteAutoScalingGroup({ AutoScalingGroupName: 'workers', ForceDelete });

  it('is refused while it has instances, and done once it has none', async () => {
    await s.group({ DesiredCapacity: 1 });
    await expect(remove(false)).rejects.toMatchObject({ name: 'ResourceInUseFault' });
    await s.client.updateAutoScalingGroup({
      AutoScalingGroupName: 'workers',
      MinSize: 0,
      MaxSize: 0,
      DesiredCapacity: 0,
    });
    await s.engine.tick();
    await remove(false);
    expect((await s.client.describeAutoScalingGroups({})).AutoScalingGroups).toEqual([]);
  });

  // Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/resource-deletion-protection.html
  it.each([
    ['prevent-all-deletion', false],
    ['prevent-all-deletion', true],
    ['prevent-force-deletion', true],
  ] as const)('is refused by its protection: %s, by force %s', async (DeletionProtection, byForce) => {
    await s.group({ DeletionProtection });
    await expect(remove(byForce)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(`its deletion protection is ${DeletionProtection}`) as string,
    });
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName: 'workers', DeletionProtection: 'none' });
    await remove(byForce);
  });

  it('is done when only force is refused by its protection', async () => {
    await s.group({ DeletionProtection: 'prevent-force-deletion' });
    await remove(false);
    expect(s.store.groups.size).toBe(0);
  });

  it('leaves its activities to those who ask for them', async () => {
    await s.group({ DesiredCapacity: 1 });
    await remove(true);
    await s.engine.tick();
    const activities = async (input: object): Promise<unknown> =>
      (await s.client.describeScalingActivities(input)).Activities;
    const gone = [{ AutoScalingGroupState: 'Deleted' }, { AutoScalingGroupState: 'Deleted' }];
    expect(await activities({ IncludeDeletedGroups: true })).toMatchObject(gone);
    expect(await activities({ IncludeDeletedGroups: true, AutoScalingGroupName: 'workers' })).toMatchObject(
      gone,
    );
    expect(await activities({})).toEqual([]);
  });

  it('is refused while activities are in progress', async () => {
    await s.group({ DesiredCapacity: 1 });
    await s.client.terminateInstanceInAutoScalingGroup({
      InstanceId: s.ec2.instances[0]!.instanceId,
      ShouldDecrementDesiredCapacity: true,
    });
    await expect(remove(false)).rejects.toMatchObject({ name: 'ScalingActivityInProgressFault' });
  });

  it('by force terminates every instance, protected or waiting, and then the group is gone', async () => {
    await s.group({
      DesiredCapacity: 2,
      NewInstancesProtectedFromScaleIn: true,
      LifecycleHookSpecificationList: [
        { LifecycleHookName: 'drain', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' },
      ],
    });
    await s.client.terminateInstanceInAutoScalingGroup({
      InstanceId: s.ec2.instances[0]!.instanceId,
      ShouldDecrementDesiredCapacity: true,
    });
    await remove(true);
    expect((await s.client.describeAutoScalingGroups({})).AutoScalingGroups![0]!.Status).toBe(
      'Delete in progress',
    );
    await s.engine.tick();
    expect(s.ec2.alive).toEqual([]);
    expect((await s.client.describeAutoScalingGroups({})).AutoScalingGroups).toEqual([]);
  });

  it('by force is not undone by a change of its capacity', async () => {
    await s.group({ DesiredCapacity: 1 });
    await remove(true);
    const AutoScalingGroupName = 'workers';
    for (const change of [
      s.client.updateAutoScalingGroup({ AutoScalingGroupName, MinSize: 1, MaxSize: 2 }),
      s.client.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: 0 }),
    ]) {
      await expect(change).rejects.toMatchObject({ name: 'ScalingActivityInProgressFault' });
    }
    await s.engine.tick();
    expect(s.store.groups.size).toBe(0);
  });

  it('by force during a launch leaves no instance behind', async () => {
    const held = s.ec2.holdLaunches();
    const created = s.group({ DesiredCapacity: 1 });
    await held.asked;
    await expect(remove(false)).rejects.toMatchObject({ name: 'ScalingActivityInProgressFault' });
    await remove(true);
    held.release();
    await created;
    await s.engine.tick();
    expect(s.ec2.instances.map(({ state }) => state)).toEqual(['terminated']);
    expect(s.store.groups.size).toBe(0);
  });
});
