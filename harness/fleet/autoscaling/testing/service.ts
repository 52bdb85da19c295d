import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Activity, AutoScaling, type Instance, type ScalingPolicy } from '@aws-sdk/client-auto-scaling';

import { sendAnswer } from '../../protocol/query-service';
import { Engine } from '../engine';
import { autoScalingService } from '../service';
import { Store } from '../store';
import { AlarmsInMemory } from './alarms';
import { HandClock } from '../../testing/clock';
import { Ec2InMemory } from './ec2';
import { NotificationsInMemory } from './notifications';
import { TrafficInMemory } from './traffic';

const closers: (() => Promise<void>)[] = [];

/** Ends every service that a test started. */
export async function closeServices(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}

/** What the SDK rejects with, for an expectation. */
export function refused(message: string, name = 'ValidationError'): object {
  return { name, message: expect.stringContaining(message) as string };
}

/** The whole service over HTTP, with the real SDK client in front, EC2 in memory behind, and time in the test's hands. */
export class ServiceUnderTest {
  readonly clock = new HandClock();
  readonly ec2 = new Ec2InMemory();
  readonly alarms = new AlarmsInMemory();
  readonly notifications = new NotificationsInMemory();
  readonly traffic = new TrafficInMemory('tg-1', 'tg-2');
  readonly store = new Store({ accountId: '000000000000', region: 'us-east-2' });
  readonly engine = new Engine(
    this.store,
    { ec2: this.ec2, alarms: this.alarms, notifications: this.notifications, traffic: this.traffic },
    this.clock,
  );

  private constructor(readonly client: AutoScaling) {}

  static async start(): Promise<ServiceUnderTest> {
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) {
          chunks.push(chunk);
        }
        sendAnswer(response, await service.answer(new URLSearchParams(Buffer.concat(chunks).toString())));
      })();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = new AutoScaling({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    const started = new ServiceUnderTest(client);
    const service = autoScalingService(started.store, started.ec2, started.engine);
    closers.push(async () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return started;
  }

  /** A group of two zones, with what it should be already done. */
  async group(settings: Partial<Parameters<AutoScaling['createAutoScalingGroup']>[0]> = {}): Promise<void> {
    await this.client.createAutoScalingGroup({
      AutoScalingGroupName: 'workers',
      MinSize: 0,
      MaxSize: 10,
      LaunchTemplate: { LaunchTemplateId: 'lt-workers', Version: '$Latest' },
      VPCZoneIdentifier: 'subnet-a,subnet-b',
      ...settings,
    });
    await this.engine.tick();
  }

  /** A group whose instances are warm. */
  async warmGroup(DesiredCapacity: number, settings: object = {}): Promise<void> {
    await this.group({ DesiredCapacity, DefaultInstanceWarmup: 60, ...settings });
    await this.pass(60);
  }

  /** Puts the policy `p` of the group. @returns its ARN. */
  async putPolicy(settings: object): Promise<string> {
    const { PolicyARN } = await this.client.putScalingPolicy({
      AutoScalingGroupName: 'workers',
      PolicyName: 'p',
      ...settings,
    });
    return PolicyARN ?? '';
  }

  /** Lets time pass, then lets the groups follow. */
  async pass(seconds: number): Promise<void> {
    this.clock.pass(seconds);
    await this.engine.tick();
  }

  /** The desired capacity of the group. */
  async capacity(): Promise<number | undefined> {
    return (await this.client.describeAutoScalingGroups({})).AutoScalingGroups?.[0]?.DesiredCapacity;
  }

  async policies(): Promise<ScalingPolicy[]> {
    return (await this.client.describePolicies({})).ScalingPolicies ?? [];
  }

  /** The instances that DescribeAutoScalingGroups shows. */
  async instances(): Promise<Instance[]> {
    const { AutoScalingGroups } = await this.client.describeAutoScalingGroups({});
    return AutoScalingGroups?.[0]?.Instances ?? [];
  }

  /** Their lifecycle states, in order of launch. */
  async states(): Promise<(string | undefined)[]> {
    return (await this.instances()).map(({ LifecycleState }) => LifecycleState);
  }

  /** Their zones, in the order of the alphabet. */
  async zones(): Promise<(string | undefined)[]> {
    return (await this.instances()).map(({ AvailabilityZone }) => AvailabilityZone).sort();
  }

  /** The newest activities, newest first. */
  async activities(): Promise<Activity[]> {
    const { Activities } = await this.client.describeScalingActivities({});
    return Activities ?? [];
  }
}
