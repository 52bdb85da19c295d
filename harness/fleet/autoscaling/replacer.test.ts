import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

describe('an instance maintenance policy', () => {
  // Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html
  const policy = (MinHealthyPercentage: number, MaxHealthyPercentage: number): object => ({
    InstanceMaintenancePolicy: { MinHealthyPercentage, MaxHealthyPercentage },
  });
  const lose = (...numbers: number[]): Promise<unknown> =>
    Promise.all(
      numbers.map((number) =>
        s.client.setInstanceHealth({
          InstanceId: s.ec2.instances[number - 1]!.instanceId,
          HealthStatus: 'Unhealthy',
        }),
      ),
    ).then(() => s.engine.tick());
  const arrive = (): Promise<void> => {
    s.ec2.instances
      .filter(({ state }) => state === 'pending')
      .forEach((instance) => {
        instance.state = 'running';
      });
    return s.engine.tick();
  };
  const running = (): number => s.ec2.alive.filter(({ state }) => state === 'running').length;

  it.each([
    ['launches before it terminates', policy(100, 200), [2, 4]],
    ['launches no more than it may before it terminates', policy(100, 150), [2, 3]],
    ['terminates and launches at the same time', policy(0, 100), [0, 2]],
    ['terminates no more than it may', policy(50, 100), [1, 2]],
    ['does some of both', policy(50, 150), [1, 3]],
  ])('%s', async (_how, settings, [serving, all]) => {
    await s.group({ DesiredCapacity: 2, ...settings });
    s.ec2.launchState = 'pending';
    await lose(1, 2);
    expect([running(), s.ec2.alive.length]).toEqual([serving, all]);
    await arrive();
    await arrive();
    expect(s.ec2.alive.map(({ instanceId }) => instanceId)).toEqual([
      'i-00000000000000003',
      'i-00000000000000004',
    ]);
    expect(running()).toBe(2);
  });

  it('waits until the replacement is warm', async () => {
    await s.group({ DesiredCapacity: 1, DefaultInstanceWarmup: 60, ...policy(100, 200) });
    await s.pass(60);
    await lose(1);
    await s.pass(59);
    expect(running()).toBe(2);
    await s.pass(1);
    expect(s.ec2.alive.map(({ instanceId }) => instanceId)).toEqual(['i-00000000000000002']);
    expect((await s.activities()).map(({ Cause }) => Cause!.slice(24)).slice(0, 2)).toEqual([
      'an instance was taken out of service in response to a user health-check.',
      'an instance was launched in response to an unhealthy instance needing to be replaced.',
    ]);
  });

  it('keeps no instance that EC2 has ended already', async () => {
    await s.group({ DesiredCapacity: 1, ...policy(100, 200) });
    s.ec2.instances[0]!.state = 'terminated';
    await s.engine.tick();
    expect(await s.states()).toEqual(['InService']);
    expect(s.ec2.instances).toHaveLength(2);
  });

  it('gives the replacement back when the instance has recovered', async () => {
    await s.group({ DesiredCapacity: 1, ...policy(100, 200) });
    s.ec2.launchState = 'pending';
    await lose(1);
    await s.client.setInstanceHealth({
      InstanceId: s.ec2.instances[0]!.instanceId,
      HealthStatus: 'Healthy',
    });
    await arrive();
    expect(running()).toBe(1);
    expect(await s.states()).toEqual(['InService']);
  });

  it('launches first also in the place of an instance at the end of its lifetime', async () => {
    await s.group({ DesiredCapacity: 2, MaxInstanceLifetime: 86_400, ...policy(100, 150) });
    s.ec2.launchState = 'pending';
    await s.pass(86_400);
    expect([running(), s.ec2.alive.length]).toEqual([2, 3]);
    await arrive();
    await arrive();
    expect(s.ec2.instances.map(({ state }) => state)).toEqual([
      'terminated',
      'terminated',
      'running',
      'running',
    ]);
  });
});
