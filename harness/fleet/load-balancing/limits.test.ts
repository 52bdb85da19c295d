import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';

import { LoadBalancingUnderTest, closeServices } from './testing/service';

afterEach(closeServices);

const fixed: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } };

const numbers = (count: number): number[] => Array.from({ length: count }, (_each, index) => index + 1);

describe('a quota of a load balancer, over all of its listeners (load-balancer-limits.html)', () => {
  it('is 100 rules', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const arn = await lab.loadBalancer();
    const listeners = [await lab.listener(arn, fixed, 80), await lab.listener(arn, fixed, 81)];
    const rule = (ListenerArn: string | undefined, Priority: number): Promise<unknown> =>
      lab.client.createRule({
        ListenerArn,
        Priority,
        Conditions: [{ Field: 'path-pattern', Values: ['/a'] }],
        Actions: [fixed],
      });
    await Promise.all(numbers(100).map((number) => rule(listeners[number % 2], number)));
    await expect(rule(listeners[0], 101)).rejects.toMatchObject({ name: 'TooManyRulesException' });
  });

  it('is 25 certificates, but for the default ones', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const arn = await lab.loadBalancer();
    const certificate = (id: string): { CertificateArn: string } => ({
      CertificateArn: `arn:aws:acm:us-east-2:000000000000:certificate/${id}`,
    });
    const listeners: (string | undefined)[] = [];
    for (const Port of [443, 444]) {
      const { Listeners } = await lab.client.createListener({
        LoadBalancerArn: arn,
        Protocol: 'HTTPS',
        Port,
        Certificates: [certificate('default')],
        DefaultActions: [fixed],
      });
      listeners.push(Listeners?.[0]?.ListenerArn);
    }
    const add = (ListenerArn: string | undefined, count: number): Promise<unknown> =>
      lab.client.addListenerCertificates({
        ListenerArn,
        Certificates: numbers(count).map((number) => certificate(`${number}`)),
      });
    await add(listeners[0], 20);
    await expect(add(listeners[1], 6)).rejects.toMatchObject({ name: 'TooManyCertificatesException' });
    await add(listeners[1], 5);
  });

  it('is 1,000 targets, of which those that are registered again count once', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { group, listener } = await lab.balanced([]);
    const other = await lab.targetGroup({ Name: 'other', TargetType: 'ip' });
    await lab.client.createRule({
      ListenerArn: listener,
      Priority: 1,
      Conditions: [{ Field: 'path-pattern', Values: ['/a'] }],
      Actions: [{ Type: 'forward', TargetGroupArn: other }],
    });
    const register = (TargetGroupArn: string, count: number): Promise<unknown> =>
      lab.client.registerTargets({
        TargetGroupArn,
        Targets: numbers(count).map((Port) => ({ Id: '127.0.0.1', Port })),
      });
    await register(group, 600);
    await expect(register(other, 401)).rejects.toMatchObject({ name: 'TooManyTargetsException' });
    await register(other, 400);
    await register(other, 400);
  });

  it('is 100 target groups', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const listener = await lab.listener(await lab.loadBalancer(), fixed);
    const groups = await Promise.all(
      numbers(101).map((number) => lab.targetGroup({ Name: `group-${number}` })),
    );
    const forward = (Priority: number, some: readonly string[]): Promise<unknown> =>
      lab.client.createRule({
        ListenerArn: listener,
        Priority,
        Conditions: [{ Field: 'path-pattern', Values: ['/a'] }],
        Actions: [
          {
            Type: 'forward',
            ForwardConfig: { TargetGroups: some.map((TargetGroupArn) => ({ TargetGroupArn })) },
          },
        ],
      });
    for (const number of numbers(20)) {
      await forward(number, groups.slice(number * 5 - 5, number * 5));
    }
    await expect(forward(21, groups.slice(100))).rejects.toMatchObject({
      name: 'TooManyUniqueTargetGroupsPerLoadBalancerException',
    });
    await forward(21, groups.slice(0, 1));
  });
});
