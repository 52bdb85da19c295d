import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

describe('a suspended process', () => {
  const suspend = (...ScalingProcesses: string[]): Promise<unknown> =>
    s.client.suspendProcesses({ AutoScalingGroupName: 'workers', ScalingProcesses });
  const lose = async (): Promise<void> => {
    s.ec2.instances[0]!.state = 'terminated';
    await s.engine.tick();
  };

  it('Launch launches nothing, until it is resumed', async () => {
    await s.group({ DesiredCapacity: 1 });
    await suspend('Launch');
    await lose();
    expect(s.ec2.instances).toHaveLength(1);
    await s.client.resumeProcesses({ AutoScalingGroupName: 'workers' });
    await s.engine.tick();
    expect(s.ec2.instances).toHaveLength(2);
  });

  it('Terminate terminates nothing', async () => {
    await s.group({ DesiredCapacity: 2 });
    await suspend('Terminate');
    await s.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 1 });
    await s.engine.tick();
    expect(s.ec2.alive).toHaveLength(2);
  });

  it('HealthCheck finds nothing unhealthy', async () => {
    await s.group({ DesiredCapacity: 1 });
    await suspend('HealthCheck');
    await lose();
    expect((await s.instances())[0]!.HealthStatus).toBe('Healthy');
  });

  it('ReplaceUnhealthy leaves what is found unhealthy', async () => {
    await s.group({ DesiredCapacity: 1 });
    await suspend('ReplaceUnhealthy');
    await lose();
    expect(await s.instances()).toMatchObject([{ HealthStatus: 'Unhealthy', LifecycleState: 'InService' }]);
  });

  it('AZRebalance leaves zones as they are', async () => {
    await s.group({ DesiredCapacity: 2 });
    await suspend('AZRebalance');
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName: 'workers', VPCZoneIdentifier: 'subnet-c' });
    await s.engine.tick();
    expect(await s.zones()).toEqual(['us-east-2a', 'us-east-2b']);
  });
});
