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
