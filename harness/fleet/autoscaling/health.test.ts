import { ServiceUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

let s: ServiceUnderTest;
beforeEach(async () => {
  s = await ServiceUnderTest.start();
});

describe('healing', () => {
  it.each(['terminated', 'shutting-down', 'stopped', 'stopping'] as const)(
    'replaces an instance that is %s, grace period or not',
    async (state) => {
      await s.group({ DesiredCapacity: 2, HealthCheckGracePeriod: 300 });
      s.ec2.instances[0]!.state = state;
      await s.engine.tick();
      expect(await s.states()).toEqual(['InService', 'InService']);
      expect(s.ec2.alive.map(({ instanceId }) => instanceId)).toEqual([
        'i-00000000000000002',
        'i-00000000000000003',
      ]);
      expect((await s.activities()).slice(0, 2)).toMatchObject([
        {
          Cause:
            'At 2026-11-24T10:00:00Z an instance was launched in response to an unhealthy instance needing to be replaced.',
        },
        {
          Cause:
            'At 2026-11-24T10:00:00Z an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.',
        },
      ]);
    },
  );

  it('launches the replacement in the zone of the lost instance', async () => {
    await s.group({ DesiredCapacity: 2 });
    s.ec2.instances[1]!.state = 'terminated';
    await s.engine.tick();
    expect(await s.zones()).toEqual(['us-east-2a', 'us-east-2b']);
  });

  it('replaces an instance that someone set unhealthy, once its grace period is over', async () => {
    await s.group({ DesiredCapacity: 1, HealthCheckGracePeriod: 60 });
    const InstanceId = s.ec2.instances[0]!.instanceId;
    await s.client.setInstanceHealth({ InstanceId, HealthStatus: 'Unhealthy' });
    await s.engine.tick();
    expect(s.ec2.instances).toHaveLength(1);
    await s.pass(60);
    await s.client.setInstanceHealth({ InstanceId, HealthStatus: 'Unhealthy' });
    await s.engine.tick();
    expect(s.ec2.alive.map(({ instanceId }) => instanceId)).toEqual(['i-00000000000000002']);
    expect((await s.activities())[1]!.Cause).toContain('in response to a user health-check.');
  });

  it('replaces it at once when the caller does not respect the grace period', async () => {
    await s.group({ DesiredCapacity: 1, HealthCheckGracePeriod: 60 });
    await s.client.setInstanceHealth({
      InstanceId: s.ec2.instances[0]!.instanceId,
      HealthStatus: 'Unhealthy',
      ShouldRespectGracePeriod: false,
    });
    await s.engine.tick();
    expect(s.ec2.instances).toHaveLength(2);
  });
});
