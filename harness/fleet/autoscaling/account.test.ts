import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const AutoScalingGroupName = 'workers';

it('shows the limits of the account, and what of them is used', async () => {
  expect(await s.client.describeAccountLimits()).toMatchObject({
    MaxNumberOfAutoScalingGroups: 500,
    NumberOfAutoScalingGroups: 0,
  });
  await s.group();
  expect(await s.client.describeAccountLimits()).toMatchObject({ NumberOfAutoScalingGroups: 1 });
});

it('shows the types of termination policies that a group may name', async () => {
  const { TerminationPolicyTypes } = await s.client.describeTerminationPolicyTypes();
  await s.group({ TerminationPolicies: TerminationPolicyTypes });
  const { AutoScalingGroups } = await s.client.describeAutoScalingGroups({});
  expect(AutoScalingGroups).toMatchObject([{ TerminationPolicies: TerminationPolicyTypes }]);
  expect(TerminationPolicyTypes).toContain('Default');
});

describe('what a group has none of', () => {
  it.each<[string, () => Promise<object>]>([
    ['LoadBalancers', () => s.client.describeLoadBalancers({ AutoScalingGroupName })],
    ['LoadBalancerTargetGroups', () => s.client.describeLoadBalancerTargetGroups({ AutoScalingGroupName })],
    ['TrafficSources', () => s.client.describeTrafficSources({ AutoScalingGroupName })],
    ['Instances', () => s.client.describeWarmPool({ AutoScalingGroupName })],
    [
      'NotificationConfigurations',
      () => s.client.describeNotificationConfigurations({ AutoScalingGroupNames: [AutoScalingGroupName] }),
    ],
  ])('is an empty list: %s, and an error without the group', async (list, describe_) => {
    await expect(describe_()).rejects.toMatchObject({ name: 'ValidationError' });
    await s.group();
    expect(await describe_()).toMatchObject({ [list]: [] });
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'a Classic Load Balancer',
      () => s.client.attachLoadBalancers({ AutoScalingGroupName, LoadBalancerNames: ['old'] }),
    ],
    ['a launch configuration', () => s.client.createLaunchConfiguration({ LaunchConfigurationName: 'old' })],
  ])('cannot be had, and that is said: %s', async (_what, attach) => {
    await s.group();
    await expect(attach()).rejects.toMatchObject({ name: 'UnsupportedOperation' });
  });
});
