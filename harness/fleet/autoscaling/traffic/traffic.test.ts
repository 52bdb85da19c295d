import { ServiceUnderTest, closeServices } from '../testing/service';

afterEach(closeServices);

const two = { DesiredCapacity: 2, TargetGroupARNs: ['tg-1'] };

/** What a target group holds, in order of registration. */
function registered(lab: ServiceUnderTest, arn = 'tg-1'): (readonly [string, string])[] {
  return [...(lab.traffic.registered.get(arn) ?? [])];
}

describe('a group with a target group (attach-load-balancer-asg.html)', () => {
  it('registers its instances once they are in service, and shows the target group in both ways', async () => {
    const lab = await ServiceUnderTest.start();
    lab.ec2.launchState = 'pending';
    await lab.group(two);
    expect(registered(lab)).toEqual([]);
    lab.ec2.instances.forEach((instance) => (instance.state = 'running'));
    await lab.engine.tick();
    expect(registered(lab)).toEqual(lab.ec2.instances.map(({ instanceId }) => [instanceId, 'initial']));
    const { AutoScalingGroups } = await lab.client.describeAutoScalingGroups({});
    expect(AutoScalingGroups?.[0]).toMatchObject({
      TargetGroupARNs: ['tg-1'],
      TrafficSources: [{ Identifier: 'tg-1', Type: 'elbv2' }],
    });
  });

  it('tells how far its target groups are (LoadBalancerTargetGroupState)', async () => {
    const lab = await ServiceUnderTest.start();
    await lab.group(two);
    const state = async (): Promise<(string | undefined)[]> => {
      const { LoadBalancerTargetGroups } = await lab.client.describeLoadBalancerTargetGroups({
        AutoScalingGroupName: 'workers',
      });
      return (LoadBalancerTargetGroups ?? []).map(({ State }) => State);
    };
    expect(await state()).toEqual(['Added']);
    const [first] = lab.ec2.instances;
    lab.traffic.set('tg-1', first!.instanceId, 'healthy');
    expect(await state()).toEqual(['InService']);
    lab.traffic.busy.add(first!.instanceId);
    await lab.client.detachLoadBalancerTargetGroups({
      AutoScalingGroupName: 'workers',
      TargetGroupARNs: ['tg-1'],
    });
    expect(await state()).toEqual(['Removing']);
    lab.traffic.busy.clear();
    await lab.engine.tick();
    expect(await state()).toEqual([]);
  });

  it('is refused with a target group that there is not', async () => {
    const lab = await ServiceUnderTest.start();
    await expect(lab.group({ TargetGroupARNs: ['tg-9'] })).rejects.toThrow('may not be valid: tg-9');
  });

  it('is refused with a Classic Load Balancer, which is not done here', async () => {
    const lab = await ServiceUnderTest.start();
    await expect(lab.group({ TrafficSources: [{ Identifier: 'old', Type: 'elb' }] })).rejects.toThrow(
      'a traffic source of type elb is not done',
    );
  });

  it('may get it later, as a target group or as a traffic source, and registers who is there', async () => {
    const lab = await ServiceUnderTest.start();
    await lab.group({ DesiredCapacity: 1 });
    const AutoScalingGroupName = 'workers';
    await lab.client.attachLoadBalancerTargetGroups({ AutoScalingGroupName, TargetGroupARNs: ['tg-1'] });
    await lab.client.attachTrafficSources({
      AutoScalingGroupName,
      TrafficSources: [{ Identifier: 'tg-2', Type: 'elbv2' }],
    });
    expect([registered(lab, 'tg-1'), registered(lab, 'tg-2')].map(({ length }) => length)).toEqual([1, 1]);
    const { TrafficSources } = await lab.client.describeTrafficSources({ AutoScalingGroupName });
    expect(TrafficSources?.map(({ Identifier }) => Identifier)).toEqual(['tg-1', 'tg-2']);
    await lab.client.detachTrafficSources({
      AutoScalingGroupName,
      TrafficSources: [{ Identifier: 'tg-2', Type: 'elbv2' }],
    });
    expect(registered(lab, 'tg-2')).toEqual([[lab.ec2.instances[0]!.instanceId, 'draining']]);
  });

  it('lets an instance answer what it has begun before it ends it, and says so in the activity', async () => {
    const lab = await ServiceUnderTest.start();
    await lab.group(two);
    const [first] = lab.ec2.instances;
    const { instanceId } = first!;
    lab.traffic.busy.add(instanceId);
    await lab.client.terminateInstanceInAutoScalingGroup({
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: true,
    });
    await lab.engine.tick();
    expect(await lab.states()).toEqual(['Terminating', 'InService']);
    expect(lab.traffic.health('tg-1', instanceId)).toBe('draining');
    expect((await lab.activities())[0]).toMatchObject({ StatusCode: 'WaitingForELBConnectionDraining' });
    expect(first!.state).toBe('running');
    lab.traffic.busy.clear();
    await lab.engine.tick();
    expect(first!.state).toBe('terminated');
    expect(await lab.states()).toEqual(['InService']);
  });

  it('drains before its hooks begin', async () => {
    const lab = await ServiceUnderTest.start();
    await lab.group({ ...two, DesiredCapacity: 1 });
    await lab.client.putLifecycleHook({
      AutoScalingGroupName: 'workers',
      LifecycleHookName: 'bye',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    });
    const { instanceId } = lab.ec2.instances[0]!;
    lab.traffic.busy.add(instanceId);
    await lab.client.setDesiredCapacity({ AutoScalingGroupName: 'workers', DesiredCapacity: 0 });
    await lab.engine.tick();
    expect(await lab.states()).toEqual(['Terminating']);
    lab.traffic.busy.clear();
    await lab.engine.tick();
    expect(await lab.states()).toEqual(['Terminating:Wait']);
  });

  it('takes an instance out of it on standby, and brings it back afterwards', async () => {
    const lab = await ServiceUnderTest.start();
    await lab.group({ ...two, MinSize: 0, DesiredCapacity: 1 });
    const InstanceIds = [lab.ec2.instances[0]!.instanceId];
    const AutoScalingGroupName = 'workers';
    await lab.client.enterStandby({
      AutoScalingGroupName,
      InstanceIds,
      ShouldDecrementDesiredCapacity: true,
    });
    expect(registered(lab)).toEqual([[InstanceIds[0], 'draining']]);
    await lab.client.exitStandby({ AutoScalingGroupName, InstanceIds });
    await lab.engine.tick();
    expect(registered(lab)).toEqual([[InstanceIds[0], 'initial']]);
  });

  it('registers nobody who comes while AddToLoadBalancer is suspended (as-suspend-resume-processes.html)', async () => {
    const lab = await ServiceUnderTest.start();
    const AutoScalingGroupName = 'workers';
    await lab.group({ TargetGroupARNs: ['tg-1'] });
    await lab.client.suspendProcesses({ AutoScalingGroupName, ScalingProcesses: ['AddToLoadBalancer'] });
    await lab.client.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: 1 });
    await lab.engine.tick();
    await lab.client.resumeProcesses({ AutoScalingGroupName, ScalingProcesses: ['AddToLoadBalancer'] });
    await lab.engine.tick();
    expect(await lab.states()).toEqual(['InService']);
    expect(registered(lab)).toEqual([]);
  });
});

describe('the health of a group with a target group (health-check-grace-period.html)', () => {
  async function unhealthyFor(
    seconds: number,
    settings: Parameters<ServiceUnderTest['group']>[0],
  ): Promise<{ readonly launched: number; readonly cause: string | undefined }> {
    const lab = await ServiceUnderTest.start();
    await lab.group({ DesiredCapacity: 1, TargetGroupARNs: ['tg-1'], ...settings });
    lab.traffic.set('tg-1', lab.ec2.instances[0]!.instanceId, 'unhealthy');
    await lab.pass(seconds);
    const ended = (await lab.activities()).find(({ Description }) => Description?.startsWith('Terminating'));
    return { launched: lab.ec2.instances.length, cause: ended?.Cause };
  }

  const byElb = { HealthCheckType: 'ELB', HealthCheckGracePeriod: 300 };

  it('replaces an instance that ELB finds unhealthy once the grace period is over', async () => {
    const { launched, cause } = await unhealthyFor(300, byElb);
    expect(launched).toBe(2);
    expect(cause).toContain('taken out of service in response to an ELB system health check failure.');
  });

  it('leaves it alone within the grace period', async () => {
    expect((await unhealthyFor(299, byElb)).launched).toBe(1);
  });

  it('leaves it alone where only EC2 is asked, as by default', async () => {
    expect((await unhealthyFor(3_000, {})).launched).toBe(1);
  });
});
