import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const launching = 'autoscaling:EC2_INSTANCE_LAUNCHING';
const terminating = 'autoscaling:EC2_INSTANCE_TERMINATING';
const hooked = (LifecycleTransition: string, settings: object = {}): Promise<void> =>
  s.group({
    DesiredCapacity: 1,
    LifecycleHookSpecificationList: [
      { LifecycleHookName: 'hook', LifecycleTransition, HeartbeatTimeout: 60, ...settings },
    ],
  });
const complete = (LifecycleActionResult: string, LifecycleHookName = 'hook'): Promise<unknown> =>
  s.client.completeLifecycleAction({
    AutoScalingGroupName: 'workers',
    LifecycleHookName,
    LifecycleActionResult,
    InstanceId: s.ec2.instances[0]!.instanceId,
  });
const shrink = async (): Promise<void> => {
  await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 0 });
  await s.engine.tick();
};

describe('a hook on launching', () => {
  it('holds an instance in Pending:Wait until it is completed', async () => {
    await hooked(launching);
    expect(await s.states()).toEqual(['Pending:Wait']);
    expect(await s.activities()).toMatchObject([{ StatusCode: 'MidLifecycleAction' }]);
    await complete('CONTINUE');
    await s.engine.tick();
    expect(await s.states()).toEqual(['InService']);
    expect(await s.activities()).toMatchObject([{ StatusCode: 'Successful' }]);
  });

  it('that is abandoned ends the instance, and the group tries another', async () => {
    await hooked(launching);
    await complete('ABANDON');
    await s.engine.tick();
    expect(s.ec2.instances.map(({ state }) => state)).toEqual(['terminated', 'running']);
    expect(await s.states()).toEqual(['Pending:Wait']);
    expect((await s.activities()).map(({ StatusCode }) => StatusCode)).toEqual([
      'MidLifecycleAction',
      'Successful',
      'Cancelled',
    ]);
  });

  it.each([
    ['CONTINUE', ['InService']],
    ['ABANDON', ['Pending:Wait']],
  ])('ends by its default result %s when its heartbeat runs out', async (DefaultResult, states) => {
    await hooked(launching, { DefaultResult });
    await s.pass(59);
    expect(await s.states()).toEqual(['Pending:Wait']);
    expect(s.ec2.instances).toHaveLength(1);
    await s.pass(1);
    expect(await s.states()).toEqual(states);
    expect(s.ec2.instances).toHaveLength(DefaultResult === 'CONTINUE' ? 1 : 2);
  });

  it('is abandoned by default, after an hour', async () => {
    await hooked(launching, { HeartbeatTimeout: undefined });
    await s.pass(3_599);
    expect(s.ec2.instances).toHaveLength(1);
    await s.pass(1);
    expect(s.ec2.instances).toHaveLength(2);
  });

  it('that is deleted is abandoned', async () => {
    await hooked(launching);
    await s.client.deleteLifecycleHook({ AutoScalingGroupName: 'workers', LifecycleHookName: 'hook' });
    await s.engine.tick();
    expect(s.ec2.instances.map(({ state }) => state)).toEqual(['terminated', 'running']);
    expect(await s.states()).toEqual(['InService']);
  });
});

describe('a hook on terminating', () => {
  it.each(['CONTINUE', 'ABANDON'])(
    'holds an instance in Terminating:Wait, and either result (%s) ends it',
    async (result) => {
      await hooked(terminating);
      await shrink();
      expect(await s.states()).toEqual(['Terminating:Wait']);
      expect(s.ec2.alive).toHaveLength(1);
      await complete(result);
      await s.engine.tick();
      expect(s.ec2.alive).toHaveLength(0);
      expect(await s.states()).toEqual([]);
    },
  );

  it('does not hold up a replacement', async () => {
    await hooked(terminating);
    await s.client.terminateInstanceInAutoScalingGroup({
      InstanceId: s.ec2.instances[0]!.instanceId,
      ShouldDecrementDesiredCapacity: false,
    });
    await s.engine.tick();
    expect(await s.states()).toEqual(['Terminating:Wait', 'InService']);
  });

  it('is kept waiting by heartbeats, each for another timeout', async () => {
    await hooked(terminating);
    await shrink();
    await s.pass(50);
    await s.client.recordLifecycleActionHeartbeat({
      AutoScalingGroupName: 'workers',
      LifecycleHookName: 'hook',
      InstanceId: s.ec2.instances[0]!.instanceId,
    });
    await s.pass(59);
    expect(await s.states()).toEqual(['Terminating:Wait']);
    await s.pass(1);
    expect(s.ec2.alive).toHaveLength(0);
  });

  it('is not kept waiting beyond 100 times its timeout', async () => {
    await hooked(terminating, { HeartbeatTimeout: 30 });
    await shrink();
    for (let beat = 0; beat < 120; beat += 1) {
      await s.pass(25);
      await s.client
        .recordLifecycleActionHeartbeat({
          AutoScalingGroupName: 'workers',
          LifecycleHookName: 'hook',
          InstanceId: s.ec2.instances[0]!.instanceId,
        })
        .catch(() => undefined);
    }
    expect(s.ec2.alive).toHaveLength(0);
    expect(s.clock.now().getTime()).toBe(new Date('2026-11-24T10:00:00Z').getTime() + 3_000_000);
  });

  it('waits for no instance that is gone already', async () => {
    await hooked(terminating);
    s.ec2.instances[0]!.state = 'terminated';
    await s.engine.tick();
    expect(await s.states()).toEqual(['InService']);
    expect(s.ec2.alive).toHaveLength(1);
  });
});

describe('several hooks', () => {
  const two = async (): Promise<void> => {
    await hooked(terminating);
    await s.client.putLifecycleHook({
      AutoScalingGroupName: 'workers',
      LifecycleHookName: 'second',
      LifecycleTransition: terminating,
      HeartbeatTimeout: 60,
    });
    await shrink();
  };

  it('all have to be completed', async () => {
    await two();
    await complete('CONTINUE');
    await s.engine.tick();
    expect(await s.states()).toEqual(['Terminating:Wait']);
    await complete('CONTINUE', 'second');
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(0);
  });

  it('are left out when one is abandoned', async () => {
    await two();
    await complete('ABANDON');
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(0);
  });
});

describe('a lifecycle action', () => {
  const where = {
    AutoScalingGroupName: 'workers',
    LifecycleHookName: 'hook',
    LifecycleActionResult: 'CONTINUE',
  };

  it.each([
    [{ ...where }, 'Either InstanceId or LifecycleActionToken'],
    [
      { ...where, InstanceId: 'i-00000000000000009' },
      'No active Lifecycle Action found with instance ID i-00000000000000009',
    ],
    [
      { ...where, LifecycleActionToken: '00000000-0000-0000-0000-000000000000' },
      'No active Lifecycle Action found with token',
    ],
    [
      { ...where, LifecycleHookName: 'other', InstanceId: 'i-00000000000000001' },
      'No active Lifecycle Action',
    ],
    [
      { ...where, LifecycleActionResult: 'MAYBE', InstanceId: 'i-00000000000000001' },
      'must be CONTINUE or ABANDON',
    ],
  ])('cannot be completed by %j', async (input, message) => {
    await hooked(launching);
    await expect(s.client.completeLifecycleAction(input)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message) as string,
    });
    await s.engine.tick();
    expect(await s.states()).toEqual(['Pending:Wait']);
  });

  it('can be completed only once', async () => {
    await hooked(launching);
    await complete('CONTINUE');
    await expect(complete('CONTINUE')).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('lifecycle hooks', () => {
  it('keep what a later request does not say, and show AWS’s defaults', async () => {
    await s.group();
    const hook = { AutoScalingGroupName: 'workers', LifecycleHookName: 'hook' };
    await s.client.putLifecycleHook({ ...hook, LifecycleTransition: terminating, NotificationMetadata: 'm' });
    await s.client.putLifecycleHook({ ...hook, HeartbeatTimeout: 2_000 });
    const { LifecycleHooks } = await s.client.describeLifecycleHooks({ AutoScalingGroupName: 'workers' });
    expect(LifecycleHooks).toEqual([
      {
        ...hook,
        LifecycleTransition: terminating,
        NotificationMetadata: 'm',
        HeartbeatTimeout: 2_000,
        GlobalTimeout: 172_800,
        DefaultResult: 'ABANDON',
      },
    ]);
  });

  it.each([
    [{ LifecycleTransition: 'autoscaling:LUNCH' }, 'autoscaling:LUNCH'],
    [{ LifecycleTransition: launching, HeartbeatTimeout: 29 }, 'from 30 to 7200'],
    [{ LifecycleTransition: launching, HeartbeatTimeout: 7_201 }, 'from 30 to 7200'],
    [{ LifecycleTransition: launching, DefaultResult: 'RETRY' }, 'CONTINUE or ABANDON'],
    [{}, 'Lifecycle transition'],
  ])('of %j are refused', async (settings, message) => {
    await s.group();
    await expect(
      s.client.putLifecycleHook({
        AutoScalingGroupName: 'workers',
        LifecycleHookName: 'hook',
        ...settings,
      }),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message) as string,
    });
  });
});
