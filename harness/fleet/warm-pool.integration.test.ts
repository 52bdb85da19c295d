import { eventually } from '../lab/wait';
import { FleetUnderTest } from './testing/fleet-under-test';

let s: FleetUnderTest;

beforeAll(async () => {
  s = await FleetUnderTest.start();
});

afterAll(() => s[Symbol.asyncDispose]());

describe('a warm pool', () => {
  const AutoScalingGroupName = 'pooled';
  const LifecycleHookName = 'prepared';

  async function inState(state: string): Promise<string> {
    return eventually(`an instance that is ${state}`, async () => {
      const { AutoScalingInstances } = await s.autoScaling.describeAutoScalingInstances({});
      return AutoScalingInstances?.find(
        (instance) =>
          instance.AutoScalingGroupName === AutoScalingGroupName && instance.LifecycleState === state,
      )?.InstanceId;
    });
  }

  const proceed = (InstanceId: string): Promise<unknown> =>
    s.autoScaling.completeLifecycleAction({
      AutoScalingGroupName,
      LifecycleHookName,
      InstanceId,
      LifecycleActionResult: 'CONTINUE',
    });

  const saying = (instanceId: string, text: string): Promise<string> =>
    eventually(`«${text}» on the console`, async () => {
      const said = await s.room.fleet.body(instanceId)?.consoleOutput();
      return said?.includes(text) === true && said;
    });

  const scaleTo = (DesiredCapacity: number): Promise<unknown> =>
    s.autoScaling.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity });

  it('prepares an instance, stops it, starts it with what it has when the group grows, and takes it back', async () => {
    await s.template(
      'prepared',
      [
        '#!/bin/bash',
        'echo prepared >/root/state',
        'imds=$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest',
        'token=$(curl -sX PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$imds/api/token")',
        'curl -sH "X-aws-ec2-metadata-token: $token" "$imds/meta-data/autoscaling/target-lifecycle-state"',
        '',
      ].join('\n'),
    );
    await s.group(AutoScalingGroupName, 'prepared', 0, 1);
    await s.autoScaling.putLifecycleHook({
      AutoScalingGroupName,
      LifecycleHookName,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    });
    await s.autoScaling.putWarmPool({
      AutoScalingGroupName,
      InstanceReusePolicy: { ReuseOnScaleIn: true },
    });
    const instanceId = await inState('Warmed:Pending:Wait');
    expect(await saying(instanceId, 'user data finished')).toContain('Warmed:Stopped');
    await proceed(instanceId);
    expect(await inState('Warmed:Stopped')).toBe(instanceId);
    await eventually('the end of its body', () =>
      Promise.resolve(s.room.fleet.body(instanceId) === undefined),
    );

    await scaleTo(1);
    expect(await inState('Pending:Wait')).toBe(instanceId);
    await saying(instanceId, 'the user data ran at the first boot');
    expect((await s.room.fleet.body(instanceId)!.run(['cat', '/root/state'])).stdout.trim()).toBe('prepared');
    await proceed(instanceId);
    expect(await inState('InService')).toBe(instanceId);

    await scaleTo(0);
    expect(await inState('Warmed:Stopped')).toBe(instanceId);
    await s.autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true });
    await eventually('the end of the instance', () =>
      Promise.resolve(s.room.fleet.instances().every((instance) => instance.instanceId !== instanceId)),
    );
  });
});
