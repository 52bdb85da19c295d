import { paginateDescribeAutoScalingGroups, paginateDescribeTags } from '@aws-sdk/client-auto-scaling';

import { ServiceUnderTest, closeServices, refused } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const AutoScalingGroupName = 'workers';

describe('what does not exist', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a group', () => s.client.deleteAutoScalingGroup({ AutoScalingGroupName: 'x' }), 'not found'],
    [
      'the group of a hook',
      () => s.client.describeLifecycleHooks({ AutoScalingGroupName: 'x' }),
      'not found',
    ],
    [
      'a hook',
      () => s.client.deleteLifecycleHook({ AutoScalingGroupName, LifecycleHookName: 'x' }),
      'No Lifecycle Hook found',
    ],
    ['a policy', () => s.client.deletePolicy({ AutoScalingGroupName, PolicyName: 'x' }), 'not found'],
    ['a policy to execute', () => s.client.executePolicy({ PolicyName: 'x' }), 'not found'],
    [
      'a scheduled action',
      () => s.client.deleteScheduledAction({ AutoScalingGroupName, ScheduledActionName: 'x' }),
      'not found',
    ],
    [
      'an instance to terminate',
      () =>
        s.client.terminateInstanceInAutoScalingGroup({
          InstanceId: 'i-x',
          ShouldDecrementDesiredCapacity: false,
        }),
      'No managed instance found for instance ID: i-x',
    ],
    [
      'an instance to set unhealthy',
      () => s.client.setInstanceHealth({ InstanceId: 'i-x', HealthStatus: 'Unhealthy' }),
      'No managed instance',
    ],
    [
      'an instance to protect',
      () =>
        s.client.setInstanceProtection({
          AutoScalingGroupName,
          InstanceIds: ['i-x'],
          ProtectedFromScaleIn: true,
        }),
      'not part of Auto Scaling group',
    ],
    [
      'a process',
      () => s.client.suspendProcesses({ AutoScalingGroupName, ScalingProcesses: ['Sleep'] }),
      'Sleep is not one of the scaling processes',
    ],
    [
      'a metric',
      () =>
        s.client.enableMetricsCollection({
          AutoScalingGroupName,
          Metrics: ['Mood'],
          Granularity: '1Minute',
        }),
      'Mood is not one of the group metrics',
    ],
    [
      'a granularity',
      () => s.client.enableMetricsCollection({ AutoScalingGroupName, Granularity: '1Hour' }),
      'The valid value is 1Minute',
    ],
    [
      'a filter',
      () => s.client.describeTags({ Filters: [{ Name: 'colour', Values: ['red'] }] }),
      'Filter type colour is not correct',
    ],
    [
      'a health',
      () => s.client.setInstanceHealth({ InstanceId: 'i-00000000000000001', HealthStatus: 'Sleepy' }),
      'must be Healthy or Unhealthy',
    ],
  ])('%s is answered with a ValidationError that says so', async (_what, call, message) => {
    await s.group({ DesiredCapacity: 1 });
    await expect(call()).rejects.toMatchObject(refused(message));
  });

  it('is no error in a list of what to describe', async () => {
    await s.group();
    const described = await Promise.all([
      s.client.describeAutoScalingGroups({ AutoScalingGroupNames: ['x'] }),
      s.client.describeAutoScalingInstances({ InstanceIds: ['i-x'] }),
      s.client.describePolicies({ PolicyNames: ['x'] }),
      s.client.describeScalingActivities({ ActivityIds: ['x'] }),
    ]);
    expect(described).toMatchObject([
      { AutoScalingGroups: [] },
      { AutoScalingInstances: [] },
      { ScalingPolicies: [] },
      { Activities: [] },
    ]);
  });
});

describe('pages', () => {
  it('are followed by the SDK’s paginators to the end', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await s.group({ AutoScalingGroupName: name, Tags: [{ Key: 'k', Value: name }] });
    }
    const names: (string | undefined)[] = [];
    let pages = 0;
    for await (const { AutoScalingGroups } of paginateDescribeAutoScalingGroups(
      { client: s.client, pageSize: 2 },
      {},
    )) {
      pages += 1;
      names.push(...(AutoScalingGroups ?? []).map((group) => group.AutoScalingGroupName));
    }
    expect({ names, pages }).toEqual({ names: ['a', 'b', 'c', 'd', 'e'], pages: 3 });

    const tags: (string | undefined)[] = [];
    for await (const { Tags } of paginateDescribeTags({ client: s.client, pageSize: 4 }, {})) {
      tags.push(...(Tags ?? []).map(({ Value }) => Value));
    }
    expect(tags).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('are of 50 when the caller does not say, and at most of 100', async () => {
    for (let index = 0; index < 51; index += 1) {
      await s.group({ AutoScalingGroupName: `g${index}` });
    }
    const { AutoScalingGroups, NextToken } = await s.client.describeAutoScalingGroups({});
    expect(AutoScalingGroups).toHaveLength(50);
    expect(NextToken).toBeDefined();
    expect((await s.client.describeAutoScalingGroups({ NextToken })).AutoScalingGroups).toHaveLength(1);
    await expect(s.client.describeAutoScalingGroups({ MaxRecords: 101 })).rejects.toMatchObject(
      refused("Value '101' at 'maxRecords'"),
    );
    await expect(s.client.describeAutoScalingInstances({ MaxRecords: 51 })).rejects.toMatchObject(
      refused('less than or equal to 50'),
    );
  });

  it.each(['nonsense', Buffer.from('page:99').toString('base64url')])(
    'have no token like %s',
    async (NextToken) => {
      await expect(s.client.describeAutoScalingGroups({ NextToken })).rejects.toMatchObject({
        name: 'InvalidNextToken',
      });
    },
  );
});

describe('tags', () => {
  it('are created, replaced, found by filters and deleted', async () => {
    await s.group({ Tags: [{ Key: 'Stage', Value: 'old', PropagateAtLaunch: true }] });
    await s.group({ AutoScalingGroupName: 'other' });
    const tag = { ResourceId: 'workers', ResourceType: 'auto-scaling-group' };
    await s.client.createOrUpdateTags({
      Tags: [
        { ...tag, Key: 'Stage', Value: 'lab', PropagateAtLaunch: false },
        { ...tag, Key: 'Team', Value: 'media' },
      ],
    });
    const named = async (Name: string, ...Values: string[]): Promise<unknown> =>
      (await s.client.describeTags({ Filters: [{ Name, Values }] })).Tags?.map(({ Key, Value }) => [
        Key,
        Value,
      ]);
    expect(await named('auto-scaling-group', 'workers')).toEqual([
      ['Stage', 'lab'],
      ['Team', 'media'],
    ]);
    expect(await named('key', 'Team')).toEqual([['Team', 'media']]);
    expect(await named('value', 'lab')).toEqual([['Stage', 'lab']]);
    expect(await named('propagate-at-launch', 'true')).toEqual([]);

    const groups = async (Name: string, ...Values: string[]): Promise<unknown> =>
      (await s.client.describeAutoScalingGroups({ Filters: [{ Name, Values }] })).AutoScalingGroups?.map(
        (group) => group.AutoScalingGroupName,
      );
    expect(await groups('tag:Stage', 'lab')).toEqual(['workers']);
    expect(await groups('tag:Stage', 'old')).toEqual([]);
    expect(await groups('tag-key', 'Team')).toEqual(['workers']);
    expect(await groups('tag-value', 'nothing')).toEqual([]);

    await s.client.deleteTags({ Tags: [{ ...tag, Key: 'Stage' }] });
    expect(await named('auto-scaling-group', 'workers')).toEqual([['Team', 'media']]);
  });

  it('are at most 50 a group', async () => {
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    await expect(s.group({ Tags })).rejects.toMatchObject(refused('limit of 50 tags', 'LimitExceededFault'));
  });
});

describe('metrics of a group', () => {
  it('are enabled and disabled, all of them when none is named', async () => {
    await s.group();
    await s.client.enableMetricsCollection({
      AutoScalingGroupName,
      Metrics: ['GroupMinSize', 'GroupMaxSize'],
      Granularity: '1Minute',
    });
    await s.client.disableMetricsCollection({ AutoScalingGroupName, Metrics: ['GroupMinSize'] });
    const enabled = async (): Promise<unknown> =>
      (await s.client.describeAutoScalingGroups({})).AutoScalingGroups?.[0]?.EnabledMetrics;
    expect(await enabled()).toEqual([{ Metric: 'GroupMaxSize', Granularity: '1Minute' }]);
    await s.client.disableMetricsCollection({ AutoScalingGroupName });
    expect(await enabled()).toEqual([]);
  });
});

describe('instances', () => {
  it('are described across groups, their health in capitals', async () => {
    await s.group({ DesiredCapacity: 1 });
    await s.group({ AutoScalingGroupName: 'other', DesiredCapacity: 1 });
    const { AutoScalingInstances } = await s.client.describeAutoScalingInstances({});
    expect(AutoScalingInstances).toMatchObject([
      { AutoScalingGroupName: 'workers', HealthStatus: 'HEALTHY', LifecycleState: 'InService' },
      { AutoScalingGroupName: 'other' },
    ]);
  });
});
