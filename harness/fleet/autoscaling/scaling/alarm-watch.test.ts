import { stepIn, stepOut } from '../testing/policies';
import { ServiceUnderTest, closeServices } from '../testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

describe('an alarm', () => {
  it('executes the step that its metric falls into, and the cause says so', async () => {
    await s.warmGroup(2);
    s.alarms.create('backlog', 'above', 10, await s.putPolicy(stepOut));
    s.alarms.set('backlog', 'ALARM', 20);
    await s.pass(2);
    expect(await s.capacity()).toBe(5);
    expect(s.ec2.alive).toHaveLength(5);
    expect((await s.activities())[0]!.Cause).toContain(
      'At 2026-11-24T10:01:02Z a monitor alarm backlog in state ALARM triggered policy p changing the desired capacity from 2 to 5.',
    );
  });

  it('executes it again each minute that it stays, once the instances are warm', async () => {
    await s.warmGroup(2);
    s.alarms.create('backlog', 'above', 10, await s.putPolicy(stepOut));
    s.alarms.set('backlog', 'ALARM', 11);
    await s.pass(2);
    expect(await s.capacity()).toBe(3);
    await s.pass(30);
    expect(await s.capacity()).toBe(3);
    await s.pass(30);
    expect(await s.capacity()).toBe(4);
  });

  it('executes it at once when it comes again after it was gone', async () => {
    await s.warmGroup(2, { DefaultInstanceWarmup: 0 });
    s.alarms.create('backlog', 'above', 10, await s.putPolicy(stepOut));
    s.alarms.set('backlog', 'ALARM', 11);
    await s.pass(2);
    s.alarms.set('backlog', 'OK');
    await s.pass(2);
    s.alarms.set('backlog', 'ALARM', 11);
    await s.pass(2);
    expect(await s.capacity()).toBe(4);
  });

  it('takes an instance away when missing data counts as breaching', async () => {
    await s.warmGroup(2);
    s.alarms.create('idle', 'below', 1, await s.putPolicy(stepIn));
    s.alarms.set('idle', 'ALARM');
    await s.pass(2);
    expect(await s.capacity()).toBe(1);
  });

  it.each([
    ['AlarmNotification is suspended', { ScalingProcesses: ['AlarmNotification'] }, {}],
    ['the policy is disabled', undefined, { Enabled: false }],
  ])('changes nothing while %s', async (_why, suspended, settings) => {
    await s.warmGroup(2);
    if (suspended !== undefined) {
      await s.client.suspendProcesses({ AutoScalingGroupName: 'workers', ...suspended });
    }
    s.alarms.create('backlog', 'above', 10, await s.putPolicy({ ...stepOut, ...settings }));
    s.alarms.set('backlog', 'ALARM', 20);
    await s.pass(2);
    expect(await s.capacity()).toBe(2);
  });

  it('stays within the bounds of the group', async () => {
    await s.warmGroup(2, { MinSize: 2, MaxSize: 3 });
    s.alarms.create('backlog', 'above', 10, await s.putPolicy(stepOut));
    s.alarms.set('backlog', 'ALARM', 100);
    await s.pass(2);
    expect(await s.capacity()).toBe(3);
    s.alarms.set('backlog', 'OK');
    s.alarms.create('idle', 'below', 1, await s.putPolicy({ ...stepIn, PolicyName: 'in' }));
    s.alarms.set('idle', 'ALARM', 0);
    await s.pass(60);
    await s.pass(60);
    await s.pass(60);
    expect(await s.capacity()).toBe(2);
  });

  it('is shown with the policy that it names', async () => {
    await s.warmGroup(0);
    s.alarms.create('backlog', 'above', 10, await s.putPolicy(stepOut));
    await s.pass(2);
    expect(await s.policies()).toMatchObject([
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
    await s.warmGroup(4);
    for (const [index, [settings, comparison]] of [first, second].entries()) {
      const name = `alarm-${index}`;
      s.alarms.create(name, comparison, 10, await s.putPolicy({ ...settings, PolicyName: name }));
      s.alarms.set(name, 'ALARM', comparison === 'above' ? 20 : 5);
    }
    await s.pass(2);
    expect(await s.capacity()).toBe(expected);
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
    await s.warmGroup(4);
    for (const [PolicyName, [high, low], settings] of [
      ['x', x, {}],
      ['y', y, settingsOfY],
    ] as const) {
      const before = new Set(s.alarms.made.keys());
      await s.putPolicy({ PolicyName, ...tracking(PolicyName, settings) });
      const [alarmHigh = '', alarmLow = ''] = [...s.alarms.made.keys()].filter((name) => !before.has(name));
      if (high !== undefined) {
        s.alarms.set(alarmHigh, 'ALARM', high);
      }
      if (low !== undefined) {
        s.alarms.set(alarmLow, 'ALARM', low);
      }
    }
    await s.pass(2);
    expect(await s.capacity()).toBe(expected);
  });

  it('that track targets scale in together, though their alarms came one after the other', async () => {
    await s.warmGroup(4);
    await s.putPolicy({ PolicyName: 'x', ...tracking('x') });
    await s.putPolicy({ PolicyName: 'y', ...tracking('y') });
    const [, lowX = '', , lowY = ''] = s.alarms.made.keys();
    s.alarms.set(lowX, 'ALARM', 40);
    await s.pass(2);
    expect(await s.capacity()).toBe(4);
    s.alarms.set(lowY, 'ALARM', 12);
    s.alarms.set(lowX, 'ALARM', 30);
    await s.pass(2);
    expect(await s.capacity()).toBe(3);
  });
});
