import { WallClock } from '../../harness/fleet/clock';
import { LoadBalancing } from '../../harness/fleet/load-balancing/load-balancing';
import type { Network } from '../../harness/fleet/load-balancing/network';

/** EC2 as far as a load balancer over IP addresses asks it. */
const network: Network = {
  subnets: (ids) =>
    Promise.resolve(ids.map((subnetId) => ({ subnetId, zone: `us-east-2${subnetId}`, vpcId: 'vpc' }))),
  checkSecurityGroups: () => Promise.resolve(),
  checkVpc: () => Promise.resolve(),
  defaultSecurityGroup: () => Promise.resolve([]),
  instances: () => Promise.resolve([]),
};

const loadBalancing = new LoadBalancing({
  home: { accountId: '000000000000', region: 'us-east-2' },
  network,
  logs: { put: () => Promise.resolve() },
  targets: { stateOf: () => undefined, address: () => undefined },
  clock: new WallClock(),
  onError: (error) => {
    console.error(error);
  },
});

/** Calls one action of the API; what it answers between the tags of `result`. */
async function call(action: string, form: Readonly<Record<string, string>>, result: string): Promise<string> {
  const { status, body } = await loadBalancing.answer(
    new URLSearchParams({ Action: action, Version: '2015-12-01', ...form }),
  );
  if (status !== 200) {
    throw new Error(`${action}: ${body}`);
  }
  return new RegExp(`<${result}>([^<]*)</${result}>`).exec(body)?.[1] ?? '';
}

/** A load balancer over two targets, as a person would make it; told where it listens. */
async function start(ports: readonly string[]): Promise<void> {
  const loadBalancer = await call(
    'CreateLoadBalancer',
    { Name: 'bench', 'Subnets.member.1': 'a', 'Subnets.member.2': 'b' },
    'LoadBalancerArn',
  );
  const group = await call(
    'CreateTargetGroup',
    { Name: 'bench', Protocol: 'HTTP', Port: '80', VpcId: 'vpc', TargetType: 'ip' },
    'TargetGroupArn',
  );
  const targets = ports.map((port, index) => ({
    [`Targets.member.${index + 1}.Id`]: '127.0.0.1',
    [`Targets.member.${index + 1}.Port`]: port,
  }));
  await call(
    'RegisterTargets',
    Object.assign({ TargetGroupArn: group }, ...targets) as Record<string, string>,
    '',
  );
  await call(
    'CreateListener',
    {
      LoadBalancerArn: loadBalancer,
      Protocol: 'HTTP',
      Port: '80',
      'DefaultActions.member.1.Type': 'forward',
      'DefaultActions.member.1.TargetGroupArn': group,
    },
    'ListenerArn',
  );
  process.send?.({ url: loadBalancing.views()[0]?.listeners[0]?.url });
}

process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage());
});
process.on('disconnect', () => process.exit());

void start(process.argv.slice(2));
