import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

describe('zones', () => {
  it('are left one instance after the other when they are no longer the group’s', async () => {
    await s.group({ DesiredCapacity: 2 });
    await s.client.updateAutoScalingGroup({
      AutoScalingGroupName: 'workers',
      VPCZoneIdentifier: 'subnet-b,subnet-c',
    });
    await s.engine.tick();
    expect(await s.zones()).toEqual(['us-east-2b', 'us-east-2c']);
    expect(s.ec2.alive).toHaveLength(2);
  });

  it('are balanced again when one has two more than another', async () => {
    await s.group({ DesiredCapacity: 3, VPCZoneIdentifier: 'subnet-a' });
    await s.client.updateAutoScalingGroup({
      AutoScalingGroupName: 'workers',
      VPCZoneIdentifier: 'subnet-a,subnet-b',
    });
    await s.engine.tick();
    expect(await s.zones()).toEqual(['us-east-2a', 'us-east-2a', 'us-east-2b']);
    const causes = (await s.activities()).map(({ Cause }) => Cause);
    expect(causes[1]).toContain('instances were launched to balance instances in zones');
  });

  it('are balanced also while an instance is on standby', async () => {
    await s.group({ DesiredCapacity: 4, VPCZoneIdentifier: 'subnet-a' });
    await s.client.enterStandby({
      AutoScalingGroupName: 'workers',
      InstanceIds: [s.ec2.instances[0]!.instanceId],
      ShouldDecrementDesiredCapacity: true,
    });
    await s.client.updateAutoScalingGroup({
      AutoScalingGroupName: 'workers',
      VPCZoneIdentifier: 'subnet-a,subnet-b',
    });
    await s.engine.tick();
    expect(await s.zones()).toEqual(['us-east-2a', 'us-east-2a', 'us-east-2a', 'us-east-2b']);
  });

  it('lose no instance before its replacement is in service', async () => {
    await s.group({ DesiredCapacity: 2 });
    s.ec2.launchState = 'pending';
    await s.client.updateAutoScalingGroup({ AutoScalingGroupName: 'workers', VPCZoneIdentifier: 'subnet-b' });
    await s.engine.tick();
    expect(await s.states()).toEqual(['InService', 'InService', 'Pending']);
    s.ec2.instances[2]!.state = 'running';
    await s.engine.tick();
    expect(s.ec2.instances[0]!.state).toBe('terminated');
  });
});
