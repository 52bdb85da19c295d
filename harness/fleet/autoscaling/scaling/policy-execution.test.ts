import { stepIn, stepOut } from '../testing/policies';
import { ServiceUnderTest, closeServices } from '../testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

describe('instances that warm up', () => {
  // Source: «Instance warmup» of the user guide, https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
  const percent = {
    PolicyType: 'StepScaling',
    AdjustmentType: 'PercentChangeInCapacity',
    StepAdjustments: [
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 0 },
      { MetricIntervalLowerBound: 10, MetricIntervalUpperBound: 20, ScalingAdjustment: 10 },
      { MetricIntervalLowerBound: 20, ScalingAdjustment: 30 },
    ],
  };
  const execute = async (MetricValue: number): Promise<number | undefined> => {
    await s.client.executePolicy({
      AutoScalingGroupName: 'workers',
      PolicyName: 'p',
      MetricValue,
      BreachThreshold: 50,
    });
    await s.engine.tick();
    return s.capacity();
  };

  it('are not counted when more are to be added: the documented example', async () => {
    await s.warmGroup(10, { MaxSize: 20 });
    await s.putPolicy(percent);
    expect(await execute(60)).toBe(11);
    expect(await execute(62)).toBe(11);
    expect(await execute(70)).toBe(13);
  });

  it('hold back scaling in until they are warm', async () => {
    await s.warmGroup(2);
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 3 });
    await s.engine.tick();
    await s.putPolicy(stepIn);
    expect(await execute(0)).toBe(3);
    await s.pass(60);
    expect(await execute(0)).toBe(2);
  });

  it('warm up for as long as the policy says, before the group’s default', async () => {
    await s.warmGroup(2);
    await s.putPolicy({ ...stepOut, EstimatedInstanceWarmup: 300 });
    expect(await execute(51)).toBe(2);
    await s.pass(240);
    expect(await execute(51)).toBe(3);
  });
});

describe('a simple policy', () => {
  const simple = { AdjustmentType: 'ChangeInCapacity', ScalingAdjustment: 2 };
  const execute = (HonorCooldown?: boolean): Promise<unknown> =>
    s.client.executePolicy({ AutoScalingGroupName: 'workers', PolicyName: 'p', HonorCooldown });

  it('waits for the cooldown after each change, as long as the group says', async () => {
    await s.group({ DesiredCapacity: 1, DefaultCooldown: 100 });
    s.alarms.create('backlog', 'above', 10, await s.putPolicy(simple));
    s.alarms.set('backlog', 'ALARM');
    await s.pass(2);
    expect(await s.capacity()).toBe(3);
    await s.pass(60);
    expect(await s.capacity()).toBe(3);
    await s.pass(60);
    expect(await s.capacity()).toBe(5);
  });

  it('waits as long as it says itself', async () => {
    await s.group({ DesiredCapacity: 1, DefaultCooldown: 1_000 });
    await s.putPolicy({ ...simple, Cooldown: 10 });
    await execute();
    await s.engine.tick();
    await expect(execute(true)).rejects.toMatchObject({ name: 'ScalingActivityInProgressFault' });
    await s.pass(10);
    await execute(true);
    expect(await s.capacity()).toBe(5);
  });

  it('waits also before the first of its instances is launched', async () => {
    await s.group({ DesiredCapacity: 1 });
    await s.putPolicy({ ...simple, Cooldown: 10 });
    await execute(true);
    await expect(execute(true)).rejects.toMatchObject({ name: 'ScalingActivityInProgressFault' });
    expect(await s.capacity()).toBe(3);
  });

  it('counts its cooldown from when its instances are in service', async () => {
    await s.group({ DesiredCapacity: 1 });
    await s.putPolicy({ ...simple, Cooldown: 10 });
    s.ec2.launchState = 'pending';
    await execute();
    await s.pass(20);
    await expect(execute(true)).rejects.toMatchObject({ name: 'ScalingActivityInProgressFault' });
    s.ec2.instances.forEach((instance) => (instance.state = 'running'));
    await s.engine.tick();
    await s.pass(9);
    await expect(execute(true)).rejects.toMatchObject({ name: 'ScalingActivityInProgressFault' });
    await s.pass(1);
    await execute(true);
    expect(await s.capacity()).toBe(5);
  });

  it('does not wait when a request does not ask it to', async () => {
    await s.group({ DesiredCapacity: 1 });
    await s.putPolicy(simple);
    await execute();
    await execute();
    expect(await s.capacity()).toBe(5);
  });

  it('and a manual change of the capacity wait for each other only when asked', async () => {
    await s.group({ DesiredCapacity: 1 });
    await s.putPolicy(simple);
    await execute();
    const set = { AutoScalingGroupName: 'workers', DesiredCapacity: 4 };
    await s.engine.tick();
    await expect(s.client.setDesiredCapacity({ ...set, HonorCooldown: true })).rejects.toMatchObject({
      name: 'ScalingActivityInProgressFault',
    });
    await s.client.setDesiredCapacity(set);
    expect(await s.capacity()).toBe(4);
  });
});

describe('a policy', () => {
  it.each([
    [{ PolicyType: 'Sideways' }, 'PolicyType Sideways is not valid'],
    [{ PolicyType: 'StepScaling', AdjustmentType: 'ChangeInCapacity' }, 'StepAdjustments are required'],
    [
      { ...stepOut, ScalingAdjustment: 1 },
      'ScalingAdjustment is only supported for policy type SimpleScaling',
    ],
    [{ ...stepOut, Cooldown: 60 }, 'Cooldown is only supported for policy type SimpleScaling'],
    [{ ...stepOut, AdjustmentType: 'Sideways' }, 'AdjustmentType Sideways is not valid'],
    [{ ...stepOut, AdjustmentType: undefined }, 'AdjustmentType must be specified'],
    [{ ...stepOut, MetricAggregationType: 'Median' }, 'MetricAggregationType Median is not valid'],
    [{ ...stepOut, MinAdjustmentMagnitude: 2 }, 'PercentChangeInCapacity'],
    [{ AdjustmentType: 'ChangeInCapacity' }, 'ScalingAdjustment must be specified'],
    [{ PolicyType: 'TargetTrackingScaling' }, 'TargetTrackingConfiguration must be specified'],
    [
      { PolicyType: 'TargetTrackingScaling', TargetTrackingConfiguration: { TargetValue: 1 } },
      'either a PredefinedMetricSpecification or a CustomizedMetricSpecification',
    ],
  ])('of %j is refused', async (settings, message) => {
    await s.group();
    await expect(s.putPolicy(settings)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message) as string,
    });
    expect(await s.policies()).toEqual([]);
  });

  it('keeps its ARN when it is put again', async () => {
    await s.group();
    expect(await s.putPolicy(stepOut)).toBe(await s.putPolicy(stepIn));
    expect(await s.policies()).toMatchObject([
      { StepAdjustments: stepIn.StepAdjustments, MetricAggregationType: 'Average', Enabled: true },
    ]);
  });
});
