import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  type Action,
  type CreateTargetGroupCommandInput,
  ElasticLoadBalancingV2,
  type TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import { HandClock } from '../../testing/clock';
import { ServiceError, validationError } from '../../protocol/errors';
import { sendAnswer } from '../../protocol/query-service';
import type { ProbeResult } from '../health/probe';
import { LoadBalancing } from '../load-balancing';
import type { Network, Subnet, TargetInstance } from '../network';
import { LogsInMemory } from './logs';

const closers: (() => Promise<void>)[] = [];

/** Ends every service that a test started. */
export async function closeServices(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}

/** EC2 for tests: three subnets in three zones in each of two VPCs, instances as the test says. */
class NetworkInMemory implements Network {
  /** States of instances; all are in zone a of `vpc-1`. */
  readonly states = new Map<string, string>();

  subnets(subnetIds: readonly string[]): Promise<Subnet[]> {
    const unknown = subnetIds.find((id) => !/^subnet-(other-)?[abc]$/.test(id));
    return unknown === undefined
      ? Promise.resolve(
          subnetIds.map((subnetId) => ({
            subnetId,
            zone: `us-east-2${subnetId.slice(-1)}`,
            vpcId: subnetId.includes('other') ? 'vpc-2' : 'vpc-1',
          })),
        )
      : Promise.reject(new ServiceError('SubnetNotFound', `The subnet ID '${unknown}' does not exist`));
  }

  checkSecurityGroups(groupIds: readonly string[]): Promise<void> {
    const unknown = groupIds.find((id) => id !== 'sg-1');
    return unknown === undefined
      ? Promise.resolve()
      : Promise.reject(
          new ServiceError('InvalidSecurityGroup', `The security group '${unknown}' does not exist`),
        );
  }

  checkVpc(vpcId: string): Promise<void> {
    return /^vpc-[12]$/.test(vpcId)
      ? Promise.resolve()
      : Promise.reject(validationError(`The VPC ID '${vpcId}' is not found`));
  }

  defaultSecurityGroup(): Promise<string[]> {
    return Promise.resolve(['sg-default']);
  }

  instances(instanceIds: readonly string[]): Promise<TargetInstance[]> {
    return Promise.resolve(
      instanceIds.flatMap((instanceId) => {
        const state = this.states.get(instanceId);
        return state === undefined ? [] : [{ instanceId, zone: 'us-east-2a', vpcId: 'vpc-1', state }];
      }),
    );
  }
}

/** The whole service over HTTP, with the real SDK client in front, EC2 in memory behind, and time in the test's hands. */
export class LoadBalancingUnderTest {
  readonly network = new NetworkInMemory();
  /** Where instances listen. */
  readonly addresses = new Map<string, string>();
  /** What health checks find, by address; they pass where nothing is said. */
  readonly probes = new Map<string, ProbeResult>();
  readonly logs = new LogsInMemory();
  readonly errors: unknown[] = [];
  readonly loadBalancing: LoadBalancing;

  private constructor(
    readonly client: ElasticLoadBalancingV2,
    readonly clock: HandClock,
  ) {
    this.loadBalancing = new LoadBalancing({
      home: { accountId: '000000000000', region: 'us-east-2' },
      network: this.network,
      logs: this.logs,
      targets: {
        stateOf: (instanceId) => this.network.states.get(instanceId),
        address: (instanceId) => this.addresses.get(instanceId),
      },
      onError: (error) => this.errors.push(error),
      clock,
      probe: ({ host }) => Promise.resolve(this.probes.get(host) ?? { passed: true }),
    });
  }

  /** @param timeFactor by how much durations are compressed. @default 1 */
  static async start(timeFactor = 1): Promise<LoadBalancingUnderTest> {
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) {
          chunks.push(chunk);
        }
        const form = new URLSearchParams(Buffer.concat(chunks).toString());
        sendAnswer(response, await started.loadBalancing.answer(form));
      })();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = new ElasticLoadBalancingV2({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    const started = new LoadBalancingUnderTest(client, new HandClock(timeFactor));
    closers.push(async () => {
      client.destroy();
      const closed = once(server, 'close');
      server.closeAllConnections();
      server.close();
      await Promise.all([closed, started.loadBalancing.close()]);
    });
    return started;
  }

  /** A load balancer in two zones; its ARN. */
  async loadBalancer(name = 'web'): Promise<string> {
    const { LoadBalancers } = await this.client.createLoadBalancer({
      Name: name,
      Subnets: ['subnet-a', 'subnet-b'],
    });
    return LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  }

  /** A target group of port 80, checked every 10 seconds; its ARN. */
  async targetGroup(settings: Partial<CreateTargetGroupCommandInput> = {}): Promise<string> {
    const { TargetGroups } = await this.client.createTargetGroup({
      Name: 'web',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: 'vpc-1',
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 3,
      UnhealthyThresholdCount: 2,
      ...settings,
    });
    return TargetGroups?.[0]?.TargetGroupArn ?? '';
  }

  /** A listener with one default action; its ARN. */
  async listener(loadBalancerArn: string, action: Action, port = 80): Promise<string> {
    const { Listeners } = await this.client.createListener({
      LoadBalancerArn: loadBalancerArn,
      Protocol: 'HTTP',
      Port: port,
      DefaultActions: [action],
    });
    return Listeners?.[0]?.ListenerArn ?? '';
  }

  /** A listener that forwards to a target group of addresses; what a test needs to know of both. */
  async balanced(
    targets: readonly { readonly host: string; readonly port: number }[],
    settings: Partial<CreateTargetGroupCommandInput> = {},
  ): Promise<{
    readonly url: string;
    readonly group: string;
    readonly listener: string;
    readonly arn: string;
  }> {
    const arn = await this.loadBalancer();
    const group = await this.targetGroup({ TargetType: 'ip', ...settings });
    const listener = await this.listener(arn, { Type: 'forward', TargetGroupArn: group });
    if (targets.length > 0) {
      await this.client.registerTargets({
        TargetGroupArn: group,
        Targets: targets.map(({ host, port }) => ({ Id: host, Port: port })),
      });
    }
    await this.look();
    return { url: this.url(listener), group, listener, arn };
  }

  /** Where a listener is on this machine. */
  url(listenerArn: string): string {
    const listeners = this.loadBalancing.views().flatMap(({ listeners }) => listeners);
    return listeners.find(({ arn }) => arn === listenerArn)?.url ?? '';
  }

  /** Lets time pass, and the health checks that are due then take place. */
  async pass(seconds: number): Promise<void> {
    this.clock.pass(seconds);
    await this.look();
  }

  /** The health of targets, in the order of their registration. */
  async health(group: string): Promise<TargetHealth[]> {
    const { TargetHealthDescriptions = [] } = await this.client.describeTargetHealth({
      TargetGroupArn: group,
    });
    return TargetHealthDescriptions.map(({ TargetHealth = {} }) => TargetHealth);
  }

  private async look(): Promise<void> {
    this.loadBalancing.monitor.tick();
    // The answers of the checks that have just been sent are taken in the next turn.
    await new Promise(setImmediate);
  }
}
