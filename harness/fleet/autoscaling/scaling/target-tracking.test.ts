import { ServiceUnderTest, closeServices } from '../testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

describe('target tracking', () => {
  const tracking = {
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingConfiguration: {
      TargetValue: 50,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' as const },
    },
  };
  const made = (): string[] => [...s.alarms.made.keys()];

  it('makes its two alarms as AWS makes them, and shows them with the policy', async () => {
    await s.warmGroup(2);
    const { Alarms, PolicyARN } = await s.client.putScalingPolicy({
      AutoScalingGroupName: 'workers',
      PolicyName: 'p',
      ...tracking,
    });
    expect(Alarms?.map(({ AlarmName }) => AlarmName)).toEqual([
      expect.stringMatching(/^TargetTracking-workers-AlarmHigh-[0-9a-f-]{36}$/),
      expect.stringMatching(/^TargetTracking-workers-AlarmLow-[0-9a-f-]{36}$/),
    ]);
    expect((await s.policies())[0]!.Alarms).toEqual(Alarms);
    expect([...s.alarms.made.values()]).toMatchObject([
      {
        threshold: 50,
        comparison: 'above',
        evaluationPeriods: 3,
        actions: [PolicyARN],
        metric: {
          namespace: 'AWS/EC2',
          name: 'CPUUtilization',
          dimensions: { AutoScalingGroupName: 'workers' },
        },
      },
      { threshold: 45, comparison: 'below', evaluationPeriods: 15 },
    ]);
  });

  it('scales in proportion to the metric, out and in', async () => {
    await s.warmGroup(2);
    await s.putPolicy(tracking);
    const [high = '', low = ''] = made();
    s.alarms.set(high, 'ALARM', 120);
    await s.pass(2);
    expect(await s.capacity()).toBe(5);
    s.alarms.set(high, 'OK');
    s.alarms.set(low, 'ALARM', 20);
    await s.pass(30);
    expect(await s.capacity()).toBe(5);
    await s.pass(60);
    expect(await s.capacity()).toBe(2);
  });

  it('makes no alarm to scale in by when that is disabled, and takes the old one away', async () => {
    await s.warmGroup(2);
    await s.putPolicy(tracking);
    const [high] = made();
    await s.putPolicy({
      ...tracking,
      TargetTrackingConfiguration: { ...tracking.TargetTrackingConfiguration, DisableScaleIn: true },
    });
    expect(made()).toEqual([high]);
  });

  it('takes its alarms along when it is deleted', async () => {
    await s.warmGroup(0);
    await s.putPolicy(tracking);
    await s.client.deletePolicy({ AutoScalingGroupName: 'workers', PolicyName: 'p' });
    expect(made()).toEqual([]);
  });

  it('takes its alarms along when the group is deleted', async () => {
    await s.warmGroup(0);
    await s.putPolicy(tracking);
    await s.client.deleteAutoScalingGroup({ AutoScalingGroupName: 'workers' });
    expect(made()).toEqual([]);
  });
});
