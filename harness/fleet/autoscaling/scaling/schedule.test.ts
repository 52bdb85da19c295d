import { ServiceUnderTest, closeServices } from '../testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
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
    expect(await s.capacity()).toBe(1);
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
    expect(await s.capacity()).toBe(2);
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
    expect(await s.capacity()).toBe(1);
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
