import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

describe('a group', () => {
  it('launches its desired capacity, spread over its zones, and says why', async () => {
    await s.group({ DesiredCapacity: 3 });
    expect(await s.states()).toEqual(['InService', 'InService', 'InService']);
    expect(await s.zones()).toEqual(['us-east-2a', 'us-east-2a', 'us-east-2b']);
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
