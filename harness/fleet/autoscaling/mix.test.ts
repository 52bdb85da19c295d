import type { MixedInstancesPolicy } from '@aws-sdk/client-auto-scaling';

import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const mix = (
  distribution: MixedInstancesPolicy['InstancesDistribution'] = {},
  overrides: NonNullable<MixedInstancesPolicy['LaunchTemplate']>['Overrides'] = [
    { InstanceType: 't3.small' },
    { InstanceType: 't3a.small' },
  ],
): MixedInstancesPolicy => ({
  LaunchTemplate: {
    LaunchTemplateSpecification: { LaunchTemplateId: 'lt-workers', Version: '$Latest' },
    Overrides: overrides,
  },
  InstancesDistribution: distribution,
});
const group = (MixedInstancesPolicy: MixedInstancesPolicy, DesiredCapacity: number): Promise<void> =>
  s.group({ LaunchTemplate: undefined, MixedInstancesPolicy, DesiredCapacity });
const bought = (): unknown[] => s.ec2.alive.map(({ purchase }) => purchase);

describe('a group with a mixed instances policy', () => {
  it('shows it with AWS’s defaults, and its launch template inside of it only', async () => {
    await group(mix(), 0);
    const { AutoScalingGroups } = await s.client.describeAutoScalingGroups({});
    expect(AutoScalingGroups![0]!.LaunchTemplate).toBeUndefined();
    expect(AutoScalingGroups![0]!.MixedInstancesPolicy).toEqual({
      LaunchTemplate: {
        LaunchTemplateSpecification: {
          LaunchTemplateId: 'lt-workers',
          LaunchTemplateName: 'workers',
          Version: '$Latest',
        },
        Overrides: [{ InstanceType: 't3.small' }, { InstanceType: 't3a.small' }],
      },
      InstancesDistribution: {
        OnDemandAllocationStrategy: 'prioritized',
        OnDemandBaseCapacity: 0,
        OnDemandPercentageAboveBaseCapacity: 100,
        SpotAllocationStrategy: 'lowest-price',
      },
    });
  });

  it('launches the first of its types, on demand unless it is told otherwise', async () => {
    await group(mix(), 2);
    expect(bought()).toEqual(Array(2).fill({ instanceType: 't3.small', spot: false }));
  });

  it('launches its base on demand, and spot instances for the rest', async () => {
    await group(mix({ OnDemandBaseCapacity: 1, OnDemandPercentageAboveBaseCapacity: 50 }), 5);
    expect(s.ec2.alive.filter(({ purchase }) => !purchase.spot)).toHaveLength(3);
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName: 'workers', DesiredCapacity: 7 });
    await s.engine.tick();
    expect(s.ec2.alive.filter(({ purchase }) => purchase.spot)).toHaveLength(3);
  });

  // Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html, «Spot Instances
  // and On-Demand Instances»: the type that is to be terminated comes first, then the zones, then the policies.
  it.each([
    ['its base', { OnDemandBaseCapacity: 2, OnDemandPercentageAboveBaseCapacity: 0 }, [2, 2, 2, 1, 0]],
    [
      'its percentage',
      { OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: 50 },
      [3, 2, 2, 1, 1, 0],
    ],
  ])('keeps %s on demand when it shrinks', async (_what, distribution, expected) => {
    const most = expected.length - 1;
    await s.group({
      LaunchTemplate: undefined,
      MixedInstancesPolicy: mix(distribution),
      DesiredCapacity: most,
      TerminationPolicies: ['OldestInstance'],
    });
    const onDemand = (): number => s.ec2.alive.filter(({ purchase }) => !purchase.spot).length;
    const kept = [onDemand()];
    for (let size = most - 1; size >= 0; size -= 1) {
      await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: size });
      await s.engine.tick();
      kept.push(onDemand());
    }
    expect(kept).toEqual(expected);
  });

  it('moves to other zones, and is replaced by a refresh, with its base still on demand', async () => {
    await group(mix({ OnDemandBaseCapacity: 2, OnDemandPercentageAboveBaseCapacity: 0 }), 3);
    const spot = (): boolean[] => s.ec2.alive.map(({ purchase }) => purchase.spot).sort();
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName: 'workers', VPCZoneIdentifier: 'subnet-c' });
    await s.engine.tick();
    expect(s.ec2.alive.map(({ subnetId }) => subnetId)).toEqual(['subnet-c', 'subnet-c', 'subnet-c']);
    expect(spot()).toEqual([false, false, true]);
    const before = s.ec2.alive;
    await s.client.startInstanceRefresh({
      AutoScalingGroupName: 'workers',
      Preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 },
    });
    await s.engine.tick();
    expect(s.ec2.alive.filter((instance) => before.includes(instance))).toEqual([]);
    expect(spot()).toEqual([false, false, true]);
  });

  it('tries the next type after a launch that EC2 refused', async () => {
    s.ec2.refusal = 'InsufficientInstanceCapacity';
    await group(mix(), 1);
    s.ec2.refusal = undefined;
    await s.pass(5);
    expect(bought()).toEqual([{ instanceType: 't3a.small', spot: false }]);
  });

  it('gets a plain launch template by an update, and the other way round', async () => {
    await group(mix(), 0);
    const update = (settings: object): Promise<unknown> =>
      s.client.updateAutoScalingGroup({ AutoScalingGroupName: 'workers', ...settings });
    const shown = async (): Promise<unknown[]> => {
      const [first] = (await s.client.describeAutoScalingGroups({})).AutoScalingGroups!;
      return [first!.LaunchTemplate?.LaunchTemplateId, first!.MixedInstancesPolicy !== undefined];
    };
    await update({ LaunchTemplate: { LaunchTemplateId: 'lt-workers' } });
    expect(await shown()).toEqual(['lt-workers', false]);
    await update({ MixedInstancesPolicy: mix() });
    expect(await shown()).toEqual([undefined, true]);
  });

  it.each<[string, MixedInstancesPolicy, string]>([
    ['a percentage of 101', mix({ OnDemandPercentageAboveBaseCapacity: 101 }), 'they must be from 0 to 100'],
    ['segments', mix({ DistributionSegments: [{ TargetCapacityTypes: [] }] }), 'DistributionSegments'],
    ['an unknown strategy', mix({ SpotAllocationStrategy: 'cheapest' }), 'Valid values are: lowest-price'],
    [
      'a weight',
      mix({}, [{ InstanceType: 't3.small', WeightedCapacity: '2' }]),
      'WeightedCapacity in an override',
    ],
    [
      'no template',
      { LaunchTemplate: { Overrides: [] } },
      'Valid requests must contain either LaunchTemplate',
    ],
  ])('is refused with %s', async (_what, policy, message) => {
    await expect(group(policy, 0)).rejects.toThrow(message);
  });

  it('is refused beside a launch template', async () => {
    await expect(s.group({ MixedInstancesPolicy: mix() })).rejects.toThrow(
      'Valid requests must contain either LaunchTemplate',
    );
  });
});
