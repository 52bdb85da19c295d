import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

/**
 * Four instances: 1 and 3 in zone a, 2 and 4 in zone b; launched ten minutes apart, 2 and 3 from a newer version of the
 * template; and 70 minutes after the first, so that 3 and 4 are the closest to the end of their hour.
 */
const four = async (...TerminationPolicies: string[]): Promise<void> => {
  await s.group({ DesiredCapacity: 1, TerminationPolicies });
  for (const [capacity, version] of [
    [2, 2],
    [3, 2],
    [4, 1],
  ] as const) {
    s.ec2.latestVersion = version;
    s.clock.pass(600);
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: capacity });
    await s.engine.tick();
  }
  s.clock.pass(2_400);
};

/** The instances in the order in which the group lets them go. */
const order = async (): Promise<number[]> => {
  const gone: number[] = [];
  for (const DesiredCapacity of [3, 2, 1]) {
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity });
    await s.engine.tick();
    const states = s.ec2.instances.map(({ state }) => state);
    gone.push(
      ...states.flatMap((state, at) => (state === 'terminated' && !gone.includes(at + 1) ? [at + 1] : [])),
    );
  }
  return gone;
};

// Zones come first in each: after one instance of a zone, one of the other.
// Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
it.each([
  ['Default', 'oldest template, then closest to the next hour', [4, 1, 3]],
  ['OldestInstance', 'oldest first', [1, 2, 3]],
  ['NewestInstance', 'newest first', [4, 3, 2]],
  ['OldestLaunchTemplate', 'oldest template first', [1, 4, 2]],
  ['ClosestToNextInstanceHour', 'least left of the hour first', [3, 4, 1]],
])('%s takes the %s', async (policy, _meaning, expected) => {
  await four(policy);
  expect(await order()).toEqual(expected);
});

it('takes from the zone with the most instances, whatever the policy', async () => {
  await four('OldestInstance');
  await s.client.terminateInstanceInAutoScalingGroup({
    InstanceId: s.ec2.instances[0]!.instanceId,
    ShouldDecrementDesiredCapacity: true,
  });
  await s.engine.tick();
  await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 2 });
  await s.engine.tick();
  expect(s.ec2.instances.map(({ state }) => state === 'terminated')).toEqual([true, true, false, false]);
});

it('applies several policies one after the other', async () => {
  await four('OldestLaunchTemplate', 'NewestInstance');
  expect(await order()).toEqual([4, 1, 3]);
});

it('passes over instances that are protected, in another zone if need be', async () => {
  await four('OldestInstance');
  await s.client.setInstanceProtection({
    AutoScalingGroupName: 'workers',
    InstanceIds: [1, 3].map((number) => s.ec2.instances[number - 1]!.instanceId),
    ProtectedFromScaleIn: true,
  });
  expect(await order()).toEqual([2, 4]);
});

it('OldestLaunchTemplate takes those of another template first, whatever their version', async () => {
  await four('OldestLaunchTemplate');
  const group = s.store.group('workers');
  const [first] = group.members;
  const other = { LaunchTemplateId: 'lt-former', LaunchTemplateName: 'former', Version: '9' };
  Object.assign(first!, { launchTemplate: other });
  expect((await order())[0]).toBe(1);
  expect(s.ec2.alive.map(({ instanceId }) => instanceId)).not.toContain(first!.instanceId);
});
