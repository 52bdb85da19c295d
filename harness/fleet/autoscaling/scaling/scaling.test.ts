import type { ScalingPolicy } from '@aws-sdk/client-auto-scaling';

import { ServiceUnderTest, closeServices } from '../testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const put = async (settings: object): Promise<string> => {
  const { PolicyARN } = await s.client.putScalingPolicy({
    AutoScalingGroupName: 'workers',
    PolicyName: 'p',
    ...settings,
  });
  return PolicyARN ?? '';
};
const stepOut = {
  PolicyType: 'StepScaling',
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
    { MetricIntervalLowerBound: 10, ScalingAdjustment: 3 },
  ],
};
const stepIn = {
  PolicyType: 'StepScaling',
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }],
};
const capacity = async (): Promise<number | undefined> =>
  (await s.client.describeAutoScalingGroups({})).AutoScalingGroups?.[0]?.DesiredCapacity;
const policies = async (): Promise<ScalingPolicy[]> =>
  (await s.client.describePolicies({})).ScalingPolicies ?? [];

/** A group whose instances are warm. */
const warmGroup = async (DesiredCapacity: number, settings: object = {}): Promise<void> => {
  await s.group({ DesiredCapacity, DefaultInstanceWarmup: 60, ...settings });
  await s.pass(60);
};

describe('an alarm', () => {
  it('executes the step that its metric falls into, and the cause says so', async () => {
    await warmGroup(2);
    s.alarms.create('backlog', 'above', 10, await put(stepOut));
    s.alarms.set('backlog', 'ALARM', 20);
    await s.pass(2);
    expect(await capacity()).toBe(5);
    expect(s.ec2.alive).toHaveLength(5);
    expect((await s.activities())[0]!.Cause).toContain(
      'At 2026-11-24T10:01:02Z a monitor alarm backlog in state ALARM triggered policy p changing the desired capacity from 2 to 5.',
    );
  });

  it('executes it again each minute that it stays, once the instances are warm', async () => {
    await warmGroup(2);
    s.alarms.create('backlog', 'above', 10, await put(stepOut));
    s.alarms.set('backlog', 'ALARM', 11);
    await s.pass(2);
    expect(await capacity()).toBe(3);
    await s.pass(30);
    expect(await capacity()).toBe(3);
    await s.pass(30);
    expect(await capacity()).toBe(4);
  });

  it('executes it at once when it comes again after it was gone', async () => {
    await warmGroup(2, { DefaultInstanceWarmup: 0 });
    s.alarms.create('backlog', 'above', 10, await put(stepOut));
    s.alarms.set('backlog', 'ALARM', 11);
    await s.pass(2);
    s.alarms.set('backlog', 'OK');
    await s.pass(2);
    s.alarms.set('backlog', 'ALARM', 11);
    await s.pass(2);
    expect(await capacity()).toBe(4);
  });

  it('takes an instance away when missing data counts as breaching', async () => {
    await warmGroup(2);
    s.alarms.create('idle', 'below', 1, await put(stepIn));
    s.alarms.set('idle', 'ALARM');
    await s.pass(2);
    expect(await capacity()).toBe(1);
  });

  it.each([
    ['AlarmNotification is suspended', { ScalingProcesses: ['AlarmNotification'] }, {}],
    ['the policy is disabled', undefined, { Enabled: false }],
  ])('changes nothing while %s', async (_why, suspended, settings) => {
    await warmGroup(2);
    if (suspended !== undefined) {
      await s.client.suspendProcesses({ AutoScalingGroupName: 'workers', ...suspended });
    }
    s.alarms.create('backlog', 'above', 10, await put({ ...stepOut, ...settings }));
    s.alarms.set('backlog', 'ALARM', 20);
    await s.pass(2);
    expect(await capacity()).toBe(2);
  });

  it('stays within the bounds of the group', async () => {
    await warmGroup(2, { MinSize: 2, MaxSize: 3 });
    s.alarms.create('backlog', 'above', 10, await put(stepOut));
    s.alarms.set('backlog', 'ALARM', 100);
    await s.pass(2);
    expect(await capacity()).toBe(3);
    s.alarms.set('backlog', 'OK');
    s.alarms.create('idle', 'below', 1, await put({ ...stepIn, PolicyName: 'in' }));
    s.alarms.set('idle', 'ALARM', 0);
    await s.pass(60);
    await s.pass(60);
    await s.pass(60);
    expect(await capacity()).toBe(2);
  });

  it('is shown with the policy that it names', async () => {
    await warmGroup(0);
    s.alarms.create('backlog', 'above', 10, await put(stepOut));
    await s.pass(2);
    expect(await policies()).toMatchObject([
      {
        PolicyName: 'p',
        Alarms: [
          {
            AlarmName: 'backlog',
            AlarmARN: 'arn:aws:cloudwatch:us-east-2:000000000000:alarm:backlog',
          },
        ],
      },
    ]);
  });
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
    return capacity();
  };

  it('are not counted when more are to be added: the documented example', async () => {
    await warmGroup(10, { MaxSize: 20 });
    await put(percent);
    expect(await execute(60)).toBe(11);
    expect(await execute(62)).toBe(11);
    expect(await execute(70)).toBe(13);
  });

  it('hold back scaling in until they are warm', async () => {
    await warmGroup(2);
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 3 });
    await s.engine.tick();
    await put(stepIn);
    expect(await execute(0)).toBe(3);
    await s.pass(60);
    expect(await execute(0)).toBe(2);
  });

  it('warm up for as long as the policy says, before the group’s default', async () => {
    await warmGroup(2);
    await put({ ...stepOut, EstimatedInstanceWarmup: 300 });
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
    s.alarms.create('backlog', 'above', 10, await put(simple));
    s.alarms.set('backlog', 'ALARM');
    await s.pass(2);
    expect(await capacity()).toBe(3);
    await s.pass(60);
    expect(await capacity()).toBe(3);
    await s.pass(60);
    expect(await capacity()).toBe(5);
  });

  it('waits as long as it says itself', async () => {
    await s.group({ DesiredCapacity: 1, DefaultCooldown: 1_000 });
    await put({ ...simple, Cooldown: 10 });
    await execute();
    await s.engine.tick();
    await expect(execute(true)).rejects.toMatchObject({ name: 'ScalingActivityInProgressFault' });
    await s.pass(10);
    await execute(true);
    expect(await capacity()).toBe(5);
  });

  it('waits also before the first of its instances is launched', async () => {
    await s.group({ DesiredCapacity: 1 });
    await put({ ...simple, Cooldown: 10 });
    await execute(true);
    await expect(execute(true)).rejects.toMatchObject({ name: 'ScalingActivityInProgressFault' });
    expect(await capacity()).toBe(3);
  });

  it('counts its cooldown from when its instances are in service', async () => {
    await s.group({ DesiredCapacity: 1 });
    await put({ ...simple, Cooldown: 10 });
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
    expect(await capacity()).toBe(5);
  });

  it('does not wait when a request does not ask it to', async () => {
    await s.group({ DesiredCapacity: 1 });
    await put(simple);
    await execute();
    await execute();
    expect(await capacity()).toBe(5);
  });

  it('and a manual change of the capacity wait for each other only when asked', async () => {
    await s.group({ DesiredCapacity: 1 });
    await put(simple);
    await execute();
    const set = { AutoScalingGroupName: 'workers', DesiredCapacity: 4 };
    await s.engine.tick();
    await expect(s.client.setDesiredCapacity({ ...set, HonorCooldown: true })).rejects.toMatchObject({
      name: 'ScalingActivityInProgressFault',
    });
    await s.client.setDesiredCapacity(set);
    expect(await capacity()).toBe(4);
  });
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
    await warmGroup(2);
    const { Alarms, PolicyARN } = await s.client.putScalingPolicy({
      AutoScalingGroupName: 'workers',
      PolicyName: 'p',
      ...tracking,
    });
    expect(Alarms?.map(({ AlarmName }) => AlarmName)).toEqual([
      expect.stringMatching(/^TargetTracking-workers-AlarmHigh-[0-9a-f-]{36}$/),
      expect.stringMatching(/^TargetTracking-workers-AlarmLow-[0-9a-f-]{36}$/),
    ]);
    expect((await policies())[0]!.Alarms).toEqual(Alarms);
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
    await warmGroup(2);
    await put(tracking);
    const [high = '', low = ''] = made();
    s.alarms.set(high, 'ALARM', 120);
    await s.pass(2);
    expect(await capacity()).toBe(5);
    s.alarms.set(high, 'OK');
    s.alarms.set(low, 'ALARM', 20);
    await s.pass(30);
    expect(await capacity()).toBe(5);
    await s.pass(60);
    expect(await capacity()).toBe(2);
  });

  it('makes no alarm to scale in by when that is disabled, and takes the old one away', async () => {
    await warmGroup(2);
    await put(tracking);
    const [high] = made();
    await put({
      ...tracking,
      TargetTrackingConfiguration: { ...tracking.TargetTrackingConfiguration, DisableScaleIn: true },
    });
    expect(made()).toEqual([high]);
  });

  it('takes its alarms along when it is deleted', async () => {
    await warmGroup(0);
    await put(tracking);
    await s.client.deletePolicy({ AutoScalingGroupName: 'workers', PolicyName: 'p' });
    expect(made()).toEqual([]);
  });

  it('takes its alarms along when the group is deleted', async () => {
    await warmGroup(0);
    await put(tracking);
    await s.client.deleteAutoScalingGroup({ AutoScalingGroupName: 'workers' });
    expect(made()).toEqual([]);
  });
});

describe('several policies at once', () => {
  // Sources: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html, «Multiple dynamic scaling
  // policies»: the largest capacity wins, out and in; as-scaling-target-tracking.html, «Multiple target tracking scaling
  // policies»: out when any is ready to, in only when all are.
  const out = (by: number): object => ({
    ...stepOut,
    StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: by }],
  });
  const simple = (ScalingAdjustment: number): object => ({
    AdjustmentType: 'ChangeInCapacity',
    ScalingAdjustment,
  });
  const tracking = (MetricName: string, settings: object = {}): object => ({
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingConfiguration: {
      TargetValue: 50,
      CustomizedMetricSpecification: { Namespace: 'Test', MetricName, Statistic: 'Average' },
      ...settings,
    },
  });

  it.each([
    ['two that scale out', [out(1), 'above'], [out(2), 'above'], 6],
    ['two that scale in', [stepIn, 'below'], [stepIn, 'below'], 3],
    ['one that scales out and one that scales in', [stepIn, 'below'], [out(1), 'above'], 5],
    ['two simple ones', [simple(1), 'above'], [simple(3), 'above'], 7],
    ['a simple one and a step', [simple(-3), 'below'], [stepIn, 'below'], 3],
  ] as const)('come to the largest capacity: %s', async (_which, first, second, expected) => {
    await warmGroup(4);
    for (const [index, [settings, comparison]] of [first, second].entries()) {
      const name = `alarm-${index}`;
      s.alarms.create(name, comparison, 10, await put({ ...settings, PolicyName: name }));
      s.alarms.set(name, 'ALARM', comparison === 'above' ? 20 : 5);
    }
    await s.pass(2);
    expect(await capacity()).toBe(expected);
  });

  type State = readonly [high: number | undefined, low: number | undefined];
  it.each<[string, State, State, object, number]>([
    ['out by the one that wants the most', [60, undefined], [75, undefined], {}, 6],
    ['out when one is ready to scale out, and the other in', [75, undefined], [undefined, 10], {}, 6],
    ['not in while one is in its band', [undefined, 10], [undefined, undefined], {}, 4],
    ['in by the one that wants the most to stay', [undefined, 10], [undefined, 30], {}, 3],
    [
      'in without asking one that never scales in',
      [undefined, 25],
      [undefined, undefined],
      { DisableScaleIn: true },
      2,
    ],
  ])('that track targets scale %s', async (_how, x, y, settingsOfY, expected) => {
    await warmGroup(4);
    for (const [PolicyName, [high, low], settings] of [
      ['x', x, {}],
      ['y', y, settingsOfY],
    ] as const) {
      const before = new Set(s.alarms.made.keys());
      await put({ PolicyName, ...tracking(PolicyName, settings) });
      const [alarmHigh = '', alarmLow = ''] = [...s.alarms.made.keys()].filter((name) => !before.has(name));
      if (high !== undefined) {
        s.alarms.set(alarmHigh, 'ALARM', high);
      }
      if (low !== undefined) {
        s.alarms.set(alarmLow, 'ALARM', low);
      }
    }
    await s.pass(2);
    expect(await capacity()).toBe(expected);
  });

  it('that track targets scale in together, though their alarms came one after the other', async () => {
    await warmGroup(4);
    await put({ PolicyName: 'x', ...tracking('x') });
    await put({ PolicyName: 'y', ...tracking('y') });
    const [, lowX = '', , lowY = ''] = s.alarms.made.keys();
    s.alarms.set(lowX, 'ALARM', 40);
    await s.pass(2);
    expect(await capacity()).toBe(4);
    s.alarms.set(lowY, 'ALARM', 12);
    s.alarms.set(lowX, 'ALARM', 30);
    await s.pass(2);
    expect(await capacity()).toBe(3);
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
    await expect(put(settings)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message) as string,
    });
    expect(await policies()).toEqual([]);
  });

  it('keeps its ARN when it is put again', async () => {
    await s.group();
    expect(await put(stepOut)).toBe(await put(stepIn));
    expect(await policies()).toMatchObject([
      { StepAdjustments: stepIn.StepAdjustments, MetricAggregationType: 'Average', Enabled: true },
    ]);
  });
});

describe('a scheduled action', () => {
  const schedule = (settings: object): Promise<unknown> =>
    s.client.putScheduledUpdateGroupAction({
      AutoScalingGroupName: 'workers',
      ScheduledActionName: 'night',
      ...settings,
    });
  const starts = async (): Promise<(string | undefined)[]> =>
    ((await s.client.describeScheduledActions({})).ScheduledUpdateGroupActions ?? []).map(({ StartTime }) =>
      StartTime?.toISOString(),
    );

  it('runs once at its time, and is gone', async () => {
    await s.group({ DesiredCapacity: 1 });
    await schedule({
      StartTime: new Date('2026-11-24T11:00:00Z'),
      MinSize: 2,
      MaxSize: 5,
      DesiredCapacity: 3,
    });
    await s.pass(3_599);
    expect(await capacity()).toBe(1);
    await s.pass(1);
    expect(await s.states()).toHaveLength(3);
    expect((await s.activities())[0]!.Cause).toContain(
      'At 2026-11-24T11:00:00Z a scheduled action update of AutoScalingGroup constraints to min: 2, max: 5, desired: 3 changing the desired capacity from 1 to 3.',
    );
    expect(await starts()).toEqual([]);
  });

  it('comes again by its recurrence, in its time zone, until its end', async () => {
    await s.group({ DesiredCapacity: 1 });
    await schedule({
      Recurrence: '0 9 * * *',
      TimeZone: 'America/New_York',
      EndTime: new Date('2026-11-26T00:00:00Z'),
      MinSize: 2,
    });
    expect(await starts()).toEqual(['2026-11-24T14:00:00.000Z']);
    await s.pass(4 * 3_600);
    expect(await capacity()).toBe(2);
    expect(await starts()).toEqual(['2026-11-25T14:00:00.000Z']);
    await s.pass(24 * 3_600);
    expect(await starts()).toEqual([]);
  });

  it('changes nothing while ScheduledActions is suspended', async () => {
    await s.group({ DesiredCapacity: 1 });
    await s.client.suspendProcesses({
      AutoScalingGroupName: 'workers',
      ScalingProcesses: ['ScheduledActions'],
    });
    await schedule({ StartTime: new Date('2026-11-24T11:00:00Z'), DesiredCapacity: 3 });
    await s.pass(3_600);
    expect(await capacity()).toBe(1);
  });

  it.each([
    [{ MinSize: 1 }, 'Either StartTime or Recurrence'],
    [{ Recurrence: '* * * * *' }, 'At least one of MinSize'],
    [{ Recurrence: 'daily', MinSize: 1 }, 'Given recurrence string: daily is invalid'],
    [{ Recurrence: '0 9 * * *', TimeZone: 'Mars', MinSize: 1 }, 'time zone Mars'],
    [{ StartTime: new Date('2026-11-24T09:00:00Z'), MinSize: 1 }, 'Given start time is in the past'],
    [{ Recurrence: '0 9 * * *', MinSize: 2, MaxSize: 1 }, 'must be greater than or equal to min bound'],
    [{ Recurrence: '0 9 * * *', MaxSize: 1, DesiredCapacity: 2 }, 'must be between'],
  ])('of %j is refused', async (settings, message) => {
    await s.group();
    await expect(schedule(settings)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message) as string,
    });
  });

  it('is put and deleted in batches, which tell what failed', async () => {
    await s.group();
    const { FailedScheduledUpdateGroupActions } = await s.client.batchPutScheduledUpdateGroupAction({
      AutoScalingGroupName: 'workers',
      ScheduledUpdateGroupActions: [
        { ScheduledActionName: 'good', Recurrence: '0 9 * * *', MinSize: 1 },
        { ScheduledActionName: 'bad', Recurrence: 'never', MinSize: 1 },
      ],
    });
    expect(FailedScheduledUpdateGroupActions).toMatchObject([
      { ScheduledActionName: 'bad', ErrorCode: 'ValidationError' },
    ]);
    const { FailedScheduledActions } = await s.client.batchDeleteScheduledAction({
      AutoScalingGroupName: 'workers',
      ScheduledActionNames: ['good', 'bad'],
    });
    expect(FailedScheduledActions).toMatchObject([{ ScheduledActionName: 'bad' }]);
    expect(await starts()).toEqual([]);
  });
});
