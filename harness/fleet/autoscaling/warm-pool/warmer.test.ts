import { type PutWarmPoolType, paginateDescribeWarmPool } from '@aws-sdk/client-auto-scaling';

import { reportGroup } from '../group-metrics';
import { ServiceUnderTest, closeServices } from '../testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const name = { AutoScalingGroupName: 'workers' };
const launching = 'autoscaling:EC2_INSTANCE_LAUNCHING';
const terminating = 'autoscaling:EC2_INSTANCE_TERMINATING';

/** A group of one of three with its pool, and all that follows from it done. */
async function pooled(pool: Partial<PutWarmPoolType> = {}, settings: object = {}): Promise<void> {
  await s.group({ DesiredCapacity: 1, MaxSize: 3, ...settings });
  await s.client.putWarmPool({ ...name, ...pool });
  await s.engine.tick();
}

const scaleTo = async (DesiredCapacity: number): Promise<void> => {
  await s.client.setDesiredCapacity({ ...name, DesiredCapacity });
  await s.engine.tick();
};

const warm = async (): Promise<(string | undefined)[]> =>
  ((await s.client.describeWarmPool(name)).Instances ?? []).map(({ LifecycleState }) => LifecycleState);

const hook = (LifecycleTransition: string, LifecycleHookName = 'hook'): object => ({
  LifecycleHookSpecificationList: [{ LifecycleHookName, LifecycleTransition, HeartbeatTimeout: 60 }],
});

const complete = async (instance: number, LifecycleActionResult = 'CONTINUE'): Promise<void> => {
  await s.client.completeLifecycleAction({
    ...name,
    LifecycleHookName: 'hook',
    LifecycleActionResult,
    InstanceId: s.ec2.instances[instance]!.instanceId,
  });
  await s.engine.tick();
};

describe('the size of a warm pool', () => {
  it('is what the group could still grow by, unless the pool says otherwise', async () => {
    await pooled();
    expect(await warm()).toEqual(['Warmed:Stopped', 'Warmed:Stopped']);
  });

  it.each([
    [{ MaxGroupPreparedCapacity: 2 }, 1],
    [{ MaxGroupPreparedCapacity: 1 }, 0],
    [{ MaxGroupPreparedCapacity: 1, MinSize: 3 }, 3],
    [{ MaxGroupPreparedCapacity: -1, MinSize: 1 }, 2],
    [{ MinSize: 5 }, 5],
  ])('of %j is %i beside one of at most three', async (pool, size) => {
    await pooled(pool);
    expect(await warm()).toHaveLength(size);
  });

  it('follows what is changed, and what is not said stays', async () => {
    await pooled({ MinSize: 1, MaxGroupPreparedCapacity: 4 });
    expect(await warm()).toHaveLength(3);
    await s.client.putWarmPool({ ...name, MaxGroupPreparedCapacity: 2 });
    await s.engine.tick();
    expect(await warm()).toHaveLength(1);
    const { WarmPoolConfiguration } = await s.client.describeWarmPool(name);
    expect(WarmPoolConfiguration).toEqual({ MinSize: 1, MaxGroupPreparedCapacity: 2, PoolState: 'Stopped' });
  });
});

describe('an instance of a warm pool', () => {
  it('is launched and stopped, and does not count in the capacity', async () => {
    await pooled();
    expect(await s.states()).toEqual(['InService']);
    expect(s.ec2.instances.map(({ state }) => state)).toEqual(['running', 'stopped', 'stopped']);
    expect((await s.activities())[0]).toMatchObject({
      Description: `Launching a new EC2 instance into warm pool: ${s.ec2.instances[2]!.instanceId}`,
      StatusCode: 'Successful',
    });
    const { AutoScalingGroups } = await s.client.describeAutoScalingGroups({});
    expect(AutoScalingGroups![0]).toMatchObject({
      WarmPoolConfiguration: { MinSize: 0, PoolState: 'Stopped' },
      WarmPoolSize: 2,
    });
    const { AutoScalingInstances } = await s.client.describeAutoScalingInstances({});
    expect(AutoScalingInstances!.map(({ LifecycleState }) => LifecycleState)).toEqual([
      'InService',
      'Warmed:Stopped',
      'Warmed:Stopped',
    ]);
  });

  it('runs on in a pool of running instances', async () => {
    await pooled({ PoolState: 'Running' });
    expect(await warm()).toEqual(['Warmed:Running', 'Warmed:Running']);
    expect(s.ec2.instances.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
  });

  it('is stopped only once the hooks of a launch are done with it', async () => {
    await pooled({ MaxGroupPreparedCapacity: 1, MinSize: 1 }, { DesiredCapacity: 0, ...hook(launching) });
    expect(await warm()).toEqual(['Warmed:Pending:Wait']);
    expect(s.ec2.instances.map(({ state }) => state)).toEqual(['running']);
    await complete(0);
    expect(await warm()).toEqual(['Warmed:Stopped']);
  });

  it('is replaced when its hook is abandoned', async () => {
    await pooled({ MaxGroupPreparedCapacity: 1, MinSize: 1 }, { DesiredCapacity: 0, ...hook(launching) });
    await complete(0, 'ABANDON');
    expect(s.ec2.instances.map(({ state }) => state)).toEqual(['terminated', 'running']);
    expect(await warm()).toEqual(['Warmed:Pending:Wait']);
  });

  it.each(['running', 'terminated'] as const)('is replaced when it is %s behind its back', async (state) => {
    await pooled({ MaxGroupPreparedCapacity: 2 });
    s.ec2.instances[1]!.state = state;
    await s.engine.tick();
    expect(s.ec2.instances.map((instance) => instance.state)).toEqual(['running', 'terminated', 'stopped']);
    expect(await warm()).toEqual(['Warmed:Stopped']);
  });

  it('is replaced when someone sets it unhealthy, or ends it, but not with the desired capacity', async () => {
    await pooled({ MaxGroupPreparedCapacity: 2 });
    const { instanceId: InstanceId } = s.ec2.instances[1]!;
    await expect(
      s.client.terminateInstanceInAutoScalingGroup({ InstanceId, ShouldDecrementDesiredCapacity: true }),
    ).rejects.toThrow('leave out ShouldDecrementDesiredCapacity');
    await s.client.setInstanceHealth({
      InstanceId,
      HealthStatus: 'Unhealthy',
      ShouldRespectGracePeriod: false,
    });
    await s.engine.tick();
    expect(s.ec2.instances.map(({ state }) => state)).toEqual(['running', 'terminated', 'stopped']);
    await s.client.terminateInstanceInAutoScalingGroup({
      InstanceId: s.ec2.instances[2]!.instanceId,
      ShouldDecrementDesiredCapacity: false,
    });
    await s.engine.tick();
    expect(s.ec2.alive.map(({ state }) => state)).toEqual(['running', 'stopped']);
  });

  it('is launched after the group has what it wants, and not while launches are suspended', async () => {
    await s.group({ DesiredCapacity: 1, MaxSize: 2 });
    await s.client.suspendProcesses({ ...name, ScalingProcesses: ['Launch'] });
    await s.client.putWarmPool(name);
    await s.engine.tick();
    expect(await warm()).toEqual([]);
    await s.client.resumeProcesses({ ...name, ScalingProcesses: ['Launch'] });
    await s.engine.tick();
    expect(await warm()).toEqual(['Warmed:Stopped']);
  });
});

describe('a group that grows', () => {
  it('starts what its warm pool has, in the emptiest zone first', async () => {
    await pooled();
    const before = s.ec2.instances.map(({ instanceId }) => instanceId);
    await scaleTo(2);
    expect(await s.states()).toEqual(['InService', 'InService']);
    expect(await warm()).toEqual(['Warmed:Stopped']);
    expect(s.ec2.instances.map(({ instanceId }) => instanceId)).toEqual(before);
    const [newest] = await s.activities();
    expect(newest).toMatchObject({
      Description: expect.stringMatching(/^Launching a new EC2 instance from warm pool: i-\d+$/) as string,
      Cause: expect.stringMatching(/increasing the capacity from 1 to 2\.$/) as string,
      StatusCode: 'Successful',
    });
    const zones = (await s.instances()).map(({ AvailabilityZone }) => AvailabilityZone);
    expect(new Set(zones).size).toBe(2);
  });

  it('launches what the pool does not have (a cold start)', async () => {
    await pooled({ MaxGroupPreparedCapacity: 2 });
    await scaleTo(3);
    expect(await s.states()).toEqual(['InService', 'InService', 'InService']);
    const launches = (await s.activities()).map(({ Description = '' }) => Description.replace(/: i-.*/, ''));
    expect(launches.slice(0, 2).sort()).toEqual([
      'Launching a new EC2 instance',
      'Launching a new EC2 instance from warm pool',
    ]);
  });

  it('takes running instances as they are', async () => {
    await pooled({ PoolState: 'Running', MaxGroupPreparedCapacity: 2 });
    s.ec2.refusal = 'nothing is started or launched now';
    await scaleTo(2);
    expect(await s.states()).toEqual(['InService', 'InService']);
  });

  it('ends what EC2 does not start, and launches another', async () => {
    await pooled({ MaxGroupPreparedCapacity: 2 });
    s.ec2.refusal = 'InsufficientInstanceCapacity: no room';
    await scaleTo(2);
    expect(s.ec2.instances.map(({ state }) => state)).toEqual(['running', 'terminated']);
    expect((await s.activities()).map(({ StatusMessage }) => StatusMessage)).toContain(
      'InsufficientInstanceCapacity: no room. Launching EC2 instance failed.',
    );
    s.ec2.refusal = undefined;
    await s.pass(5);
    expect(await s.states()).toEqual(['InService', 'InService']);
  });

  it('lets the hooks of a launch wait again, and tells from where the instance comes', async () => {
    await pooled(
      { MaxGroupPreparedCapacity: 1 },
      {
        DesiredCapacity: 0,
        LifecycleHookSpecificationList: [
          {
            LifecycleHookName: 'hook',
            LifecycleTransition: launching,
            HeartbeatTimeout: 60,
            NotificationTargetARN: 'arn:aws:sns:us-east-2:000000000000:hooks',
          },
        ],
      },
    );
    await complete(0);
    await scaleTo(1);
    expect(await s.states()).toEqual(['Pending:Wait']);
    await complete(0);
    expect(await s.states()).toEqual(['InService']);
    const journeys = s.notifications.sent
      .map(({ message }) => message as { Origin?: string; Destination?: string })
      .filter(({ Origin }) => Origin !== undefined);
    expect(journeys).toMatchObject([
      { Origin: 'EC2', Destination: 'WarmPool' },
      { Origin: 'WarmPool', Destination: 'AutoScalingGroup' },
    ]);
  });
});

describe('a group that shrinks', () => {
  it('terminates its instances by default, and the pool fills up', async () => {
    await pooled({}, { DesiredCapacity: 2 });
    await scaleTo(1);
    expect(s.ec2.instances.filter(({ state }) => state === 'terminated')).toHaveLength(1);
    expect(await warm()).toEqual(['Warmed:Stopped', 'Warmed:Stopped']);
  });

  const reuse = { InstanceReusePolicy: { ReuseOnScaleIn: true } };

  it('brings its instances back into a pool that reuses them', async () => {
    await pooled(reuse, { DesiredCapacity: 2 });
    await scaleTo(1);
    expect(s.ec2.instances.map(({ state }) => state).sort()).toEqual(['running', 'stopped', 'stopped']);
    expect(await warm()).toEqual(['Warmed:Stopped', 'Warmed:Stopped']);
    await scaleTo(3);
    expect(s.ec2.instances).toHaveLength(3);
    expect(await s.states()).toEqual(['InService', 'InService', 'InService']);
  });

  it('terminates what the pool has no room for', async () => {
    await pooled({ ...reuse, MaxGroupPreparedCapacity: 1 }, { DesiredCapacity: 3 });
    await scaleTo(1);
    expect(s.ec2.alive).toHaveLength(1);
    expect(await warm()).toEqual([]);
  });

  it('lets the hooks of a termination wait, whose end brings the instance back either way', async () => {
    await pooled(reuse, { DesiredCapacity: 1, MaxSize: 1, ...hook(terminating) });
    await scaleTo(0);
    expect(await warm()).toEqual(['Warmed:Pending:Wait']);
    expect(await s.states()).toEqual([]);
    await complete(0, 'ABANDON');
    expect(await warm()).toEqual(['Warmed:Stopped']);
    expect(s.ec2.instances).toHaveLength(1);
  });

  it('lets an instance answer its load balancers first', async () => {
    await pooled(reuse, { MaxSize: 1, TargetGroupARNs: ['tg-1'] });
    const { instanceId } = s.ec2.instances[0]!;
    s.traffic.busy.add(instanceId);
    await scaleTo(0);
    expect(await warm()).toEqual(['Warmed:Pending']);
    expect((await s.activities())[0]).toMatchObject({ StatusCode: 'WaitingForELBConnectionDraining' });
    s.traffic.busy.clear();
    await s.engine.tick();
    expect(await warm()).toEqual(['Warmed:Stopped']);
    await scaleTo(1);
    expect(s.traffic.registered.get('tg-1')!.has(instanceId)).toBe(true);
  });
});

describe('an instance refresh', () => {
  it('replaces what is in service first, and then the warm pool', async () => {
    await pooled({ MaxGroupPreparedCapacity: 2 });
    s.ec2.latestVersion = 2;
    await s.client.startInstanceRefresh({
      ...name,
      Preferences: { InstanceWarmup: 10, MinHealthyPercentage: 0 },
    });
    await s.engine.tick();
    expect(s.ec2.instances[1]).toMatchObject({ state: 'stopped' });
    const refresh = async (): Promise<object> =>
      (await s.client.describeInstanceRefreshes(name)).InstanceRefreshes![0]!;
    expect(await refresh()).toMatchObject({
      Status: 'InProgress',
      ProgressDetails: { WarmPoolProgress: { PercentageComplete: 0, InstancesToUpdate: 1 } },
    });
    await s.pass(10);
    await s.pass(10);
    expect(s.ec2.alive.map(({ template, state }) => [template.Version, state])).toEqual([
      ['2', 'running'],
      ['2', 'stopped'],
    ]);
    expect(await refresh()).toMatchObject({
      Status: 'Successful',
      ProgressDetails: { WarmPoolProgress: { PercentageComplete: 100, InstancesToUpdate: 0 } },
    });
  });
});

describe('the metrics of a group', () => {
  const report = (): Record<string, number | undefined> => {
    const values: Record<string, number | undefined> = {};
    reportGroup(s.store.group('workers'), {
      put: ({ name: metric }, { sum }) => {
        values[metric] = sum;
      },
    });
    return values;
  };
  const enable = (): Promise<unknown> =>
    s.client.enableMetricsCollection({ ...name, Granularity: '1Minute' });

  it('tell of its warm pool', async () => {
    await pooled({ MinSize: 1 });
    await enable();
    expect(report()).toMatchObject({
      GroupTotalInstances: 1,
      WarmPoolMinSize: 1,
      WarmPoolDesiredCapacity: 2,
      WarmPoolWarmedCapacity: 2,
      WarmPoolPendingCapacity: 0,
      WarmPoolTerminatingCapacity: 0,
      WarmPoolTotalCapacity: 2,
      GroupAndWarmPoolDesiredCapacity: 3,
      GroupAndWarmPoolTotalCapacity: 3,
    });
  });

  it('say nothing of a warm pool that there is not', async () => {
    await s.group({ DesiredCapacity: 1 });
    await enable();
    expect(report()).toMatchObject({ GroupTotalInstances: 1 });
    expect(Object.keys(report()).filter((metric) => metric.includes('WarmPool'))).toEqual([]);
  });
});

describe('a warm pool', () => {
  it('that there is none of is described as none', async () => {
    await s.group({});
    const answer = await s.client.describeWarmPool(name);
    expect(answer).toMatchObject({ Instances: [] });
    expect(answer.WarmPoolConfiguration).toBeUndefined();
    await expect(s.client.deleteWarmPool(name)).rejects.toThrow('No warm pool found');
  });

  it('is deleted with its instances by force, and only without instances otherwise', async () => {
    await pooled();
    await expect(s.client.deleteWarmPool(name)).rejects.toMatchObject({ name: 'ResourceInUseFault' });
    await s.client.deleteWarmPool({ ...name, ForceDelete: true });
    expect((await s.client.describeWarmPool(name)).WarmPoolConfiguration?.Status).toBe('PendingDelete');
    await expect(s.client.putWarmPool(name)).rejects.toThrow('is being deleted');
    await s.engine.tick();
    expect((await s.client.describeWarmPool(name)).WarmPoolConfiguration).toBeUndefined();
    expect(s.ec2.alive.map(({ state }) => state)).toEqual(['running']);
  });

  it('goes once it is empty, as the Terraform provider empties it', async () => {
    await pooled();
    await s.client.putWarmPool({ ...name, MaxGroupPreparedCapacity: 0, MinSize: 0 });
    await s.engine.tick();
    expect(await warm()).toEqual([]);
    await s.client.deleteWarmPool(name);
    await s.engine.tick();
    expect((await s.client.describeWarmPool(name)).WarmPoolConfiguration).toBeUndefined();
  });

  it('keeps its group from being deleted, but not by force', async () => {
    await pooled({}, { DesiredCapacity: 0 });
    await expect(s.client.deleteAutoScalingGroup(name)).rejects.toMatchObject({ name: 'ResourceInUseFault' });
    await s.client.deleteAutoScalingGroup({ ...name, ForceDelete: true });
    await s.engine.tick();
    expect(s.ec2.alive).toEqual([]);
    expect(s.store.groups.size).toBe(0);
  });

  it.each([
    [{ MinSize: -1 }, 'they must be 0 or more'],
    [{ MaxGroupPreparedCapacity: -2 }, '-1 or more'],
    [{ PoolState: 'Asleep' as 'Stopped' }, 'it must be Stopped, Running, Hibernated'],
    [{ PoolState: 'Hibernated' as const }, 'hibernated instances'],
  ])('of %j is refused', async (pool, why) => {
    await s.group({});
    await expect(s.client.putWarmPool({ ...name, ...pool })).rejects.toThrow(why);
  });

  it('is refused to a group that asks for Spot Instances, and given to one of on-demand instances', async () => {
    const mixed = (OnDemandPercentageAboveBaseCapacity: number): Promise<void> =>
      s.group({
        AutoScalingGroupName: `mixed-${OnDemandPercentageAboveBaseCapacity}`,
        LaunchTemplate: undefined,
        MixedInstancesPolicy: {
          LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-workers' } },
          InstancesDistribution: { OnDemandPercentageAboveBaseCapacity },
        },
      });
    await mixed(50);
    await mixed(100);
    await expect(s.client.putWarmPool({ AutoScalingGroupName: 'mixed-50' })).rejects.toThrow('Spot');
    await s.client.putWarmPool({ AutoScalingGroupName: 'mixed-100' });
  });

  it('is read page by page', async () => {
    await pooled({ MinSize: 5 });
    const pages = paginateDescribeWarmPool({ client: s.client, pageSize: 2 }, { ...name });
    const sizes: number[] = [];
    for await (const { Instances = [] } of pages) {
      sizes.push(Instances.length);
    }
    expect(sizes).toEqual([2, 2, 1]);
  });
});
