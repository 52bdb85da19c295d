import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
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
