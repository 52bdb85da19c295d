import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

describe('a termination that EC2 refuses', () => {
  const statuses = async (): Promise<(string | undefined)[]> =>
    (await s.activities())
      .filter(({ Description }) => Description?.startsWith('Terminating'))
      .map(({ StatusCode }) => StatusCode);

  it('is told of and tried again later and later, and the others of the group are terminated', async () => {
    await s.group({ DesiredCapacity: 2 });
    const [first, second] = s.ec2.instances;
    s.ec2.unending.add(first!.instanceId);
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 0 });
    await s.engine.tick();
    expect([first!.state, second!.state]).toEqual(['running', 'terminated']);
    await s.pass(4);
    expect((await statuses()).sort()).toEqual(['Failed', 'Successful']);
    expect((await s.activities()).find(({ StatusCode }) => StatusCode === 'Failed')).toMatchObject({
      StatusMessage: `OperationNotPermitted: ${first!.instanceId} may not be terminated. Terminating EC2 instance failed.`,
      Description: expect.stringContaining(
        `Terminating EC2 instance: ${first!.instanceId}.  Status Reason: `,
      ) as string,
    });
    await s.pass(1);
    await s.pass(9);
    expect((await statuses()).sort()).toEqual(['Failed', 'Failed', 'Successful']);
    s.ec2.unending.clear();
    await s.pass(1);
    expect((await statuses())[0]).toBe('Successful');
    expect(await s.instances()).toEqual([]);
  });
});

describe('an instance that is to be terminated', () => {
  it('leaves with a replacement, or without when the capacity is decremented', async () => {
    await s.group({ DesiredCapacity: 2 });
    const [first, second] = s.ec2.instances;
    const { Activity } = await s.client.terminateInstanceInAutoScalingGroup({
      InstanceId: first!.instanceId,
      ShouldDecrementDesiredCapacity: false,
    });
    expect(Activity).toMatchObject({
      StatusCode: 'InProgress',
      Cause: `At 2026-11-24T10:00:00Z instance ${first!.instanceId} was taken out of service in response to a user request.`,
    });
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(2);
    await s.client.terminateInstanceInAutoScalingGroup({
      InstanceId: second!.instanceId,
      ShouldDecrementDesiredCapacity: true,
    });
    await s.engine.tick();
    expect(s.ec2.alive.map(({ instanceId }) => instanceId)).toEqual(['i-00000000000000003']);
  });

  it('is terminated though it is protected, when a request names it', async () => {
    await s.group({ DesiredCapacity: 1, NewInstancesProtectedFromScaleIn: true });
    await s.client.terminateInstanceInAutoScalingGroup({
      InstanceId: s.ec2.instances[0]!.instanceId,
      ShouldDecrementDesiredCapacity: true,
    });
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(0);
  });

  it('is none that is protected from scale-in', async () => {
    await s.group({ DesiredCapacity: 2 });
    const [first, second] = s.ec2.instances;
    await s.client.setInstanceProtection({
      AutoScalingGroupName: 'workers',
      InstanceIds: [first!.instanceId],
      ProtectedFromScaleIn: true,
    });
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 0 });
    await s.engine.tick();
    expect([first!.state, second!.state]).toEqual(['running', 'terminated']);
  });
});
