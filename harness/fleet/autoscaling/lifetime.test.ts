import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
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
