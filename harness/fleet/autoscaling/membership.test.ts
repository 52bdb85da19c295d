import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const AutoScalingGroupName = 'workers';
const id = (number: number): string => s.ec2.instances[number - 1]!.instanceId;
const enter = (number: number, ShouldDecrementDesiredCapacity = true): Promise<unknown> =>
  s.client.enterStandby({
    AutoScalingGroupName,
    InstanceIds: [id(number)],
    ShouldDecrementDesiredCapacity,
  });
const exit = (number: number): Promise<unknown> =>
  s.client.exitStandby({ AutoScalingGroupName, InstanceIds: [id(number)] });

// Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html
describe('an instance on standby', () => {
  it('leaves the capacity with it, and comes back into it', async () => {
    await s.group({ DesiredCapacity: 2 });
    expect(await enter(1)).toMatchObject({
      Activities: [
        {
          Description: `Moving EC2 instance to Standby: ${id(1)}`,
          Cause: `At 2026-11-24T10:00:00Z instance ${id(1)} was moved to standby in response to a user request, shrinking the capacity from 2 to 1.`,
        },
      ],
    });
    await s.engine.tick();
    expect([await s.states(), await s.capacity()]).toEqual([['Standby', 'InService'], 1]);
    expect(await exit(1)).toMatchObject({
      Activities: [
        {
          Description: `Moving EC2 instance out of Standby: ${id(1)}`,
          Cause: `At 2026-11-24T10:00:00Z instance ${id(1)} was moved out of standby in response to a user request, increasing the capacity from 1 to 2.`,
          StatusCode: 'InProgress',
        },
      ],
    });
    await s.engine.tick();
    expect([await s.states(), await s.capacity()]).toEqual([['InService', 'InService'], 2]);
    expect((await s.activities()).every(({ StatusCode }) => StatusCode === 'Successful')).toBe(true);
    expect(s.ec2.instances).toHaveLength(2);
  });

  it('is replaced when the capacity stays, which grows when it comes back', async () => {
    await s.group({ DesiredCapacity: 1, MaxSize: 2 });
    await enter(1, false);
    await s.engine.tick();
    expect([await s.states(), await s.capacity()]).toEqual([['Standby', 'InService'], 1]);
    await exit(1);
    await s.engine.tick();
    expect([await s.states(), await s.capacity()]).toEqual([['InService', 'InService'], 2]);
  });

  it('is left alone: neither healed nor scaled in', async () => {
    await s.group({ DesiredCapacity: 2 });
    await enter(1);
    s.ec2.instances[0]!.state = 'stopped';
    await s.client.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: 0 });
    await s.engine.tick();
    expect(await s.states()).toEqual(['Standby']);
  });

  it('passes the hooks of a launch on its way back', async () => {
    await s.group({ DesiredCapacity: 1 });
    await enter(1);
    await s.client.putLifecycleHook({
      AutoScalingGroupName,
      LifecycleHookName: 'hook',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    });
    await exit(1);
    await s.engine.tick();
    expect(await s.states()).toEqual(['Pending:Wait']);
  });

  it('goes with its group when that is deleted by force', async () => {
    await s.group({ DesiredCapacity: 1 });
    await enter(1);
    await s.client.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true });
    await s.engine.tick();
    expect(s.ec2.alive).toEqual([]);
    expect(s.store.groups.size).toBe(0);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['below the minimum', () => enter(1), 'To place into standby 1 instance, please update'],
    ['what is in service', () => exit(1), 'is not in Standby'],
    [
      'another’s instance',
      () =>
        s.client.enterStandby({
          AutoScalingGroupName,
          InstanceIds: ['i-x'],
          ShouldDecrementDesiredCapacity: true,
        }),
      'is not part of Auto Scaling group workers',
    ],
  ])('is refused: %s', async (_what, call, message) => {
    await s.group({ MinSize: 1 });
    await expect(call()).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message) as string,
    });
    await s.engine.tick();
    expect(await s.states()).toEqual(['InService']);
  });
});

// Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-detach-attach-instances.html
describe('a detached instance', () => {
  const detach = (ShouldDecrementDesiredCapacity: boolean): Promise<unknown> =>
    s.client.detachInstances({ AutoScalingGroupName, InstanceIds: [id(1)], ShouldDecrementDesiredCapacity });

  it('runs on without the group, its tag and its place', async () => {
    await s.group({ DesiredCapacity: 2 });
    expect(await detach(true)).toMatchObject({
      Activities: [
        {
          Description: `Detaching EC2 instance: ${id(1)}`,
          Cause: expect.stringContaining('was detached in response to a user request, shrinking') as string,
        },
      ],
    });
    await s.engine.tick();
    expect((await s.instances()).map(({ InstanceId }) => InstanceId)).toEqual([id(2)]);
    expect(s.ec2.instances.map(({ state, tags }) => [state, Object.keys(tags)])).toEqual([
      ['running', []],
      ['running', ['aws:autoscaling:groupName']],
    ]);
    expect(await s.capacity()).toBe(1);
  });

  it('is replaced when the capacity stays', async () => {
    await s.group({ DesiredCapacity: 1 });
    await detach(false);
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(2);
    expect((await s.instances()).map(({ InstanceId }) => InstanceId)).toEqual([id(2)]);
  });

  it('can be attached again, and the capacity grows by it', async () => {
    await s.group({ DesiredCapacity: 1 });
    await detach(true);
    await s.client.attachInstances({ AutoScalingGroupName, InstanceIds: [id(1)] });
    await s.engine.tick();
    expect([await s.states(), await s.capacity()]).toEqual([['InService'], 1]);
    expect(s.ec2.instances).toMatchObject([
      { state: 'running', tags: { 'aws:autoscaling:groupName': 'workers' } },
    ]);
    expect(await s.activities()).toMatchObject([
      { Description: `Attaching an existing EC2 instance: ${id(1)}`, StatusCode: 'Successful' },
      {},
      {},
    ]);
  });

  it.each<[string, () => Promise<void> | void, string]>([
    ['that does not exist', () => void s.ec2.instances.splice(0), 'does not exist'],
    ['that is stopped', () => void (s.ec2.instances[0]!.state = 'stopped'), 'not in correct state'],
    [
      'in a foreign zone',
      async () => {
        await s.client.updateAutoScalingGroup({ AutoScalingGroupName, VPCZoneIdentifier: 'subnet-c' });
      },
      'no Availability Zone of the group',
    ],
    [
      'beyond the maximum',
      async () => {
        await s.client.updateAutoScalingGroup({ AutoScalingGroupName, MaxSize: 0 });
      },
      'To attach 1 instance, please update',
    ],
    [
      'that is in a group',
      async () => {
        await s.client.attachInstances({ AutoScalingGroupName, InstanceIds: [id(1)] });
      },
      'already part of AutoScalingGroup:workers',
    ],
  ])('cannot be attached: one %s', async (_what, prepare, message) => {
    await s.group({ DesiredCapacity: 1 });
    const InstanceIds = [id(1)];
    await detach(true);
    await prepare();
    await expect(s.client.attachInstances({ AutoScalingGroupName, InstanceIds })).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message) as string,
    });
  });

  it('cannot be detached below the minimum', async () => {
    await s.group({ MinSize: 1 });
    await expect(detach(true)).rejects.toMatchObject({ name: 'ValidationError' });
    expect(await s.states()).toEqual(['InService']);
  });
});
