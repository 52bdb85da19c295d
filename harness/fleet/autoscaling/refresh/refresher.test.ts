import type { InstanceRefresh, RefreshPreferences } from '@aws-sdk/client-auto-scaling';

import { ServiceUnderTest, closeServices } from '../testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const AutoScalingGroupName = 'workers';
const version = (Version: string): { LaunchTemplateId: string; Version: string } => ({
  LaunchTemplateId: 'lt-workers',
  Version,
});
const groupOf = (DesiredCapacity: number, settings: object = {}): Promise<void> =>
  s.group({ DesiredCapacity, LaunchTemplate: version('1'), HealthCheckGracePeriod: 0, ...settings });
const start = async (Preferences: RefreshPreferences = {}, to: string | undefined = '2'): Promise<void> => {
  await s.client.startInstanceRefresh({
    AutoScalingGroupName,
    Preferences,
    ...(to === '' ? {} : { DesiredConfiguration: { LaunchTemplate: version(to) } }),
  });
  await s.engine.tick();
};
const shown = async (): Promise<InstanceRefresh> =>
  (await s.client.describeInstanceRefreshes({ AutoScalingGroupName })).InstanceRefreshes![0]!;
const status = async (): Promise<string | undefined> => (await shown()).Status;
/** How many instances are of each version of the template. */
const versions = async (): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { LaunchTemplate } of await s.instances()) {
    const of = LaunchTemplate?.Version ?? 'none';
    counts[of] = (counts[of] ?? 0) + 1;
  }
  return counts;
};

describe('an instance refresh', () => {
  it('replaces every instance by the desired configuration, which becomes the group’s', async () => {
    await groupOf(3);
    await start();
    expect(await versions()).toEqual({ 2: 3 });
    expect(await shown()).toMatchObject({
      Status: 'Successful',
      PercentageComplete: 100,
      InstancesToUpdate: 0,
      DesiredConfiguration: { LaunchTemplate: { ...version('2'), LaunchTemplateName: 'workers' } },
      Strategy: 'Rolling',
    });
    const { AutoScalingGroups } = await s.client.describeAutoScalingGroups({});
    expect(AutoScalingGroups).toMatchObject([{ LaunchTemplate: version('2'), DesiredCapacity: 3 }]);
    expect((await s.activities()).map(({ Cause }) => Cause!.slice(24))).toEqual(
      expect.arrayContaining([
        'an instance was launched in response to an instance refresh.',
        expect.stringMatching(
          /^an instance was taken out of service in response to an instance refresh\. {2}At .* was selected for termination\.$/,
        ),
      ]),
    );
  });

  it('replaces by the group’s own template when no other is desired', async () => {
    await groupOf(2, { LaunchTemplate: version('$Latest') });
    s.ec2.latestVersion = 2;
    await start({}, '');
    expect(await versions()).toEqual({ 2: 2 });
    expect(s.ec2.instances).toHaveLength(4);
  });

  it('goes on to the next only when the new instance is warm', async () => {
    await groupOf(2);
    await start({ InstanceWarmup: 60 });
    expect(await versions()).toEqual({ 1: 1, 2: 1 });
    expect(await shown()).toMatchObject({
      Status: 'InProgress',
      PercentageComplete: 0,
      InstancesToUpdate: 2,
      StatusReason: expect.stringContaining('Waiting for instances to warm up') as string,
    });
    await s.pass(59);
    expect(await versions()).toEqual({ 1: 1, 2: 1 });
    await s.pass(1);
    expect(await versions()).toEqual({ 2: 2 });
    expect(await shown()).toMatchObject({ PercentageComplete: 50, InstancesToUpdate: 1 });
    await s.pass(60);
    expect(await status()).toBe('Successful');
  });

  it.each([
    ['the warm-up of the group', { DefaultInstanceWarmup: 30, HealthCheckGracePeriod: 90 }, 30],
    ['the grace period of the group', { HealthCheckGracePeriod: 90 }, 90],
  ])('waits for %s when it says nothing itself', async (_what, settings, seconds) => {
    await groupOf(1, settings);
    await start();
    await s.pass(seconds - 1);
    expect(await status()).toBe('InProgress');
    await s.pass(1);
    expect(await status()).toBe('Successful');
  });

  it('never falls below the minimum healthy percentage, nor exceeds the maximum', async () => {
    await groupOf(4);
    await start({ MinHealthyPercentage: 100, MaxHealthyPercentage: 150, InstanceWarmup: 10 });
    expect(await versions()).toEqual({ 1: 4, 2: 2 });
    await s.pass(10);
    expect(await versions()).toEqual({ 1: 2, 2: 4 });
    await s.pass(10);
    expect(await versions()).toEqual({ 2: 4 });
    expect(await status()).toBe('Successful');
    expect(s.ec2.alive).toHaveLength(4);
  });

  it('takes the percentages of the instance maintenance policy', async () => {
    await groupOf(2, {
      InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 },
    });
    await start({ InstanceWarmup: 10 });
    expect(await versions()).toEqual({ 1: 2, 2: 2 });
  });

  it('skips instances that match already, when it is told to', async () => {
    await groupOf(2);
    await start();
    const before = s.ec2.alive;
    await start({ SkipMatching: true });
    expect(await shown()).toMatchObject({ Status: 'Successful', PercentageComplete: 100 });
    expect(s.ec2.alive).toEqual(before);
    await start({ SkipMatching: false });
    expect(s.ec2.alive).not.toEqual(before);
  });

  it('pauses after each checkpoint for its delay', async () => {
    await groupOf(4);
    await start({ CheckpointPercentages: [25, 75, 100], CheckpointDelay: 600 });
    expect(await versions()).toEqual({ 1: 3, 2: 1 });
    expect(await shown()).toMatchObject({ Status: 'InProgress', PercentageComplete: 25 });
    await s.pass(599);
    expect(await versions()).toEqual({ 1: 3, 2: 1 });
    await s.pass(1);
    expect(await versions()).toEqual({ 1: 1, 2: 3 });
    await s.pass(600);
    expect(await versions()).toEqual({ 2: 4 });
    expect(await status()).toBe('Successful');
  });

  it('ends at its last checkpoint, also below 100 percent', async () => {
    await groupOf(4);
    await start({ CheckpointPercentages: [50], BakeTime: 60 });
    expect([await versions(), await status()]).toEqual([{ 1: 2, 2: 2 }, 'Baking']);
    await s.pass(60);
    expect([await versions(), await status()]).toEqual([{ 1: 2, 2: 2 }, 'Successful']);
  });

  it('waits while the process InstanceRefresh is suspended', async () => {
    await groupOf(2);
    await s.client.suspendProcesses({ AutoScalingGroupName, ScalingProcesses: ['InstanceRefresh'] });
    await start();
    expect([await versions(), await status()]).toEqual([{ 1: 2 }, 'Pending']);
    await s.client.resumeProcesses({ AutoScalingGroupName });
    await s.engine.tick();
    expect(await status()).toBe('Successful');
  });
});

describe('an instance refresh while a process is suspended', () => {
  it.each(['Launch', 'Terminate'])(
    'replaces nothing, and goes on once it is resumed: %s',
    async (process) => {
      await groupOf(3);
      await s.client.enterStandby({
        AutoScalingGroupName,
        InstanceIds: [s.ec2.instances[0]!.instanceId],
        ShouldDecrementDesiredCapacity: true,
      });
      await s.client.suspendProcesses({ AutoScalingGroupName, ScalingProcesses: [process] });
      await start({ MinHealthyPercentage: 50, MaxHealthyPercentage: 150, StandbyInstances: 'Terminate' });
      expect([await versions(), await status()]).toEqual([{ 1: 3 }, 'InProgress']);
      expect(s.ec2.instances).toHaveLength(3);
      await s.client.resumeProcesses({ AutoScalingGroupName });
      await s.engine.tick();
      expect([await versions(), await status()]).toEqual([{ 2: 2 }, 'Successful']);
    },
  );
});

describe('protected and standby instances', () => {
  const first = (): string => s.ec2.instances[0]!.instanceId;
  const protect = (ProtectedFromScaleIn: boolean): Promise<unknown> =>
    s.client.setInstanceProtection({ AutoScalingGroupName, InstanceIds: [first()], ProtectedFromScaleIn });
  const standBy = (): Promise<unknown> =>
    s.client.enterStandby({
      AutoScalingGroupName,
      InstanceIds: [first()],
      ShouldDecrementDesiredCapacity: true,
    });

  it.each<[string, RefreshPreferences, () => Promise<unknown>, Record<string, number>]>([
    ['Ignore', { ScaleInProtectedInstances: 'Ignore' }, () => protect(true), { 1: 1, 2: 1 }],
    ['Refresh', { ScaleInProtectedInstances: 'Refresh' }, () => protect(true), { 2: 2 }],
    ['Ignore', { StandbyInstances: 'Ignore' }, standBy, { 1: 1, 2: 1 }],
    ['Terminate', { StandbyInstances: 'Terminate' }, standBy, { 2: 1 }],
  ])('are treated as the preferences say: %s in %j', async (_what, preferences, prepare, expected) => {
    await groupOf(2);
    await prepare();
    await start(preferences);
    expect([await versions(), await status()]).toEqual([expected, 'Successful']);
  });

  it.each([
    ['protection', () => protect(true), () => protect(false)],
    ['standby', standBy, () => s.client.exitStandby({ AutoScalingGroupName, InstanceIds: [first()] })],
  ])('are waited for by default until they are released from %s', async (_what, block, release) => {
    await groupOf(2);
    await block();
    await start();
    await s.pass(3_599);
    expect([(await versions())['1'], await status()]).toEqual([1, 'InProgress']);
    await release();
    await s.engine.tick();
    expect([await versions(), await status()]).toEqual([{ 2: 2 }, 'Successful']);
  });

  it('make the refresh fail after an hour', async () => {
    await groupOf(2);
    await protect(true);
    await start();
    await s.pass(3_600);
    expect([await versions(), await status()]).toEqual([{ 1: 1, 2: 1 }, 'Failed']);
  });
});

describe('a refresh that is to end early', () => {
  const slowly = { InstanceWarmup: 60 };

  it('is cancelled, and the group launches from its own template again', async () => {
    await groupOf(2);
    await start(slowly);
    await s.client.cancelInstanceRefresh({ AutoScalingGroupName });
    await s.engine.tick();
    expect(await status()).toBe('Cancelled');
    await s.client.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: 3 });
    await s.pass(60);
    expect(await versions()).toEqual({ 1: 2, 2: 1 });
  });

  it('is cancelled at once when it is not to wait for what is on its way', async () => {
    await groupOf(2);
    s.ec2.launchState = 'pending';
    await start({ MinHealthyPercentage: 100, MaxHealthyPercentage: 200 });
    await s.client.cancelInstanceRefresh({ AutoScalingGroupName, WaitForTransitioningInstances: false });
    expect(await status()).toBe('Cancelled');
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(2);
  });

  it('keeps to the desired capacity when it is cancelled above it', async () => {
    await groupOf(2);
    await start({ ...slowly, MinHealthyPercentage: 100, MaxHealthyPercentage: 200 });
    expect(s.ec2.alive).toHaveLength(4);
    await s.client.cancelInstanceRefresh({ AutoScalingGroupName });
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(2);
  });

  it('is rolled back by request', async () => {
    await groupOf(2);
    await start(slowly);
    await s.pass(60);
    await s.client.rollbackInstanceRefresh({ AutoScalingGroupName });
    await s.engine.tick();
    expect(await shown()).toMatchObject({
      Status: 'RollbackInProgress',
      RollbackDetails: { PercentageCompleteOnRollback: 50, InstancesToUpdateOnRollback: 1 },
    });
    await s.pass(60);
    await s.pass(60);
    expect([await versions(), await status()]).toEqual([{ 1: 2 }, 'RollbackSuccessful']);
    expect(await shown()).toMatchObject({ PercentageComplete: 0 });
    const { AutoScalingGroups } = await s.client.describeAutoScalingGroups({});
    expect(AutoScalingGroups).toMatchObject([{ LaunchTemplate: version('1') }]);
  });

  it.each([
    [true, { 1: 2 }, 'RollbackSuccessful'],
    [false, { 1: 1, 2: 1 }, 'Failed'],
  ])('fails by an alarm, with auto rollback %s', async (AutoRollback, expected, ending) => {
    s.alarms.create('broken', 'above', 1);
    await groupOf(2);
    await start({ ...slowly, AutoRollback, AlarmSpecification: { Alarms: ['broken'] } });
    s.alarms.set('broken', 'ALARM', 2);
    await s.pass(10);
    await s.pass(10);
    expect((await shown()).StatusReason).toContain('alarm broken is in the ALARM state');
    await s.pass(60);
    await s.pass(60);
    expect([await versions(), await status()]).toEqual([expected, ending]);
  });
});

describe('a request about a refresh', () => {
  it('is refused while another is in progress', async () => {
    await groupOf(2);
    await start({ InstanceWarmup: 60 });
    await expect(start()).rejects.toMatchObject({ name: 'InstanceRefreshInProgressFault' });
  });

  it.each(['cancelInstanceRefresh', 'rollbackInstanceRefresh'] as const)(
    'is refused when there is none in progress: %s',
    async (action) => {
      await groupOf(1);
      await expect(s.client[action]({ AutoScalingGroupName })).rejects.toMatchObject({
        name: 'ActiveInstanceRefreshNotFoundFault',
      });
    },
  );

  it('to roll back is refused when the group’s template has no fixed version', async () => {
    await groupOf(1, { LaunchTemplate: version('$Latest') });
    await start({ InstanceWarmup: 60 });
    await expect(s.client.rollbackInstanceRefresh({ AutoScalingGroupName })).rejects.toMatchObject({
      name: 'IrreversibleInstanceRefreshFault',
    });
  });

  it.each<[RefreshPreferences, string]>([
    [{ MinHealthyPercentage: 101 }, 'MinHealthyPercentage is 101'],
    [{ MaxHealthyPercentage: 150 }, 'needs MinHealthyPercentage'],
    [{ MinHealthyPercentage: 0, MaxHealthyPercentage: 150 }, 'must not be greater than 100'],
    [{ CheckpointPercentages: [50, 20] }, 'ascending order'],
    [{ CheckpointPercentages: [50, 101] }, 'from 1 to 100'],
    [{ CheckpointDelay: 10 }, 'needs CheckpointPercentages'],
    [{ BakeTime: 172_801 }, 'BakeTime is 172801'],
  ])('is refused with preferences %j', async (Preferences, message) => {
    await groupOf(1);
    await expect(start(Preferences)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message) as string,
    });
  });

  it('to roll back automatically needs a desired configuration', async () => {
    await groupOf(1);
    await expect(start({ AutoRollback: true }, '')).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
