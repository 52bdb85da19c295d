import { ServiceUnderTest, closeServices } from '../testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

const AutoScalingGroupName = 'workers';
const TopicARN = 'arn:aws:sns:us-east-2:000000000000:news';
const launch = 'autoscaling:EC2_INSTANCE_LAUNCH';
const test_ = 'autoscaling:TEST_NOTIFICATION';
const subscribe = (...NotificationTypes: string[]): Promise<unknown> =>
  s.client.putNotificationConfiguration({ AutoScalingGroupName, TopicARN, NotificationTypes });
const events = (): unknown[] =>
  s.notifications.sent.map(({ message }) => (message as { Event?: string }).Event);
const grow = async (DesiredCapacity: number): Promise<void> => {
  await s.client.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity });
  await s.engine.tick();
};

describe('a topic', () => {
  it('is told of what it asked for, once each, after a test message', async () => {
    await s.group();
    await subscribe(launch, 'autoscaling:EC2_INSTANCE_TERMINATE');
    await grow(1);
    await grow(0);
    await s.engine.tick();
    expect(events()).toEqual([test_, launch, 'autoscaling:EC2_INSTANCE_TERMINATE']);
    expect(s.notifications.sent[1]).toMatchObject({
      sender: { roleArn: expect.stringMatching(/\/AWSServiceRoleForAutoScaling$/) as string },
      targetArn: TopicARN,
      subject: 'Auto Scaling: launch for group "workers"',
      message: {
        Service: 'AWS Auto Scaling',
        AccountId: '000000000000',
        AutoScalingGroupName,
        EC2InstanceId: s.ec2.instances[0]!.instanceId,
        StatusCode: 'Successful',
        Details: { 'Availability Zone': 'us-east-2a' },
      },
    });
  });

  it('is told neither of the past nor of what it did not ask for', async () => {
    await s.group({ DesiredCapacity: 1 });
    await subscribe(launch);
    await grow(0);
    expect(events()).toEqual([test_]);
  });

  it('is told of a launch that failed', async () => {
    await s.group();
    await subscribe('autoscaling:EC2_INSTANCE_LAUNCH_ERROR');
    s.ec2.refusal = 'no capacity';
    await grow(1);
    expect(events()).toEqual([test_, 'autoscaling:EC2_INSTANCE_LAUNCH_ERROR']);
  });

  it('is shown with each type, and forgotten when it is deleted', async () => {
    await s.group();
    await subscribe(launch, test_);
    expect((await s.client.describeNotificationConfigurations({})).NotificationConfigurations).toEqual([
      { AutoScalingGroupName, TopicARN, NotificationType: launch },
      { AutoScalingGroupName, TopicARN, NotificationType: test_ },
    ]);
    await s.client.deleteNotificationConfiguration({ AutoScalingGroupName, TopicARN });
    await grow(1);
    expect(events()).toEqual([test_]);
    expect((await s.client.describeNotificationConfigurations({})).NotificationConfigurations).toEqual([]);
  });

  it('that takes no test message is refused', async () => {
    await s.group();
    s.notifications.broken.add(TopicARN);
    await expect(subscribe(launch)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(`Unable to publish to notification topic: ${TopicARN}`) as string,
    });
  });

  it('cannot ask for a type that there is not', async () => {
    await s.group();
    await expect(subscribe('autoscaling:COFFEE')).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('that is gone later does not keep the group from its work, but that is told', async () => {
    await s.group();
    await subscribe(launch);
    s.notifications.broken.add(TopicARN);
    await expect(grow(1)).rejects.toThrow('does not exist');
    await s.engine.tick();
    expect(await s.states()).toEqual(['InService']);
  });
});

describe('the target of a hook', () => {
  const NotificationTargetARN = 'arn:aws:sqs:us-east-2:000000000000:hooks';
  const hook = { LifecycleHookName: 'hook', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' };
  const RoleARN = 'arn:aws:iam::000000000000:role/hook';
  const sender = { kind: 'role', roleArn: RoleARN, assumedBy: 'autoscaling.amazonaws.com' };
  const put = (settings: object): Promise<unknown> =>
    s.client.putLifecycleHook({ AutoScalingGroupName, ...hook, ...settings });

  it('is tested, then told of each lifecycle action with its token', async () => {
    await s.group({ DesiredCapacity: 1 });
    await put({ NotificationTargetARN, RoleARN, NotificationMetadata: 'drain' });
    await grow(0);
    expect(s.notifications.sent).toMatchObject([
      { sender, targetArn: NotificationTargetARN, message: { Event: test_, ...hook } },
      {
        sender,
        targetArn: NotificationTargetARN,
        message: { ...hook, EC2InstanceId: s.ec2.instances[0]!.instanceId, NotificationMetadata: 'drain' },
      },
    ]);
    const { LifecycleActionToken } = s.notifications.sent[1]!.message as { LifecycleActionToken: string };
    await s.client.completeLifecycleAction({
      AutoScalingGroupName,
      LifecycleHookName: 'hook',
      LifecycleActionToken,
      LifecycleActionResult: 'CONTINUE',
    });
    await s.engine.tick();
    expect(s.ec2.alive).toEqual([]);
  });

  it('is told nothing any more once it is set to nothing', async () => {
    await s.group({ DesiredCapacity: 1 });
    await put({ NotificationTargetARN });
    await put({ NotificationTargetARN: '' });
    const { LifecycleHooks } = await s.client.describeLifecycleHooks({ AutoScalingGroupName });
    expect(LifecycleHooks![0]!.NotificationTargetARN).toBeUndefined();
    await grow(0);
    expect(s.notifications.sent).toHaveLength(1);
  });

  it('that takes no test message is refused, with a new group as well', async () => {
    s.notifications.broken.add(NotificationTargetARN);
    const refused = { name: 'ValidationError' };
    await expect(
      s.group({ LifecycleHookSpecificationList: [{ ...hook, NotificationTargetARN }] }),
    ).rejects.toMatchObject(refused);
    expect(s.store.groups.size).toBe(0);
    await s.group();
    await expect(put({ NotificationTargetARN })).rejects.toMatchObject(refused);
    expect((await s.client.describeLifecycleHooks({ AutoScalingGroupName })).LifecycleHooks).toEqual([]);
  });
});
