import { DescribeInstanceTypesCommand, type EC2Client } from '@aws-sdk/client-ec2';

import { allEnded } from '../support/all-ended';
import { distributionOf } from './alarms/metrics/distribution';
import type { MetricSink } from './alarms/metrics/sink';
import type { Body } from './bodies/body';
import type { Clock } from './clock';

/** An instance whose processors are looked at. */
export interface MeasuredInstance {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly groupName: string | undefined;
  /** @default none: it does not run */
  readonly body: Pick<Body, 'cpuSeconds'> | undefined;
}

interface Reading {
  readonly cpuSeconds: number;
  readonly at: Date;
}

/**
 * Measures how busy instances are: `CPUUtilization`, the share of the processors of its type that an instance used since
 * it was looked at before, each by itself and for its group.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
 */
export class ProcessorMetrics {
  private readonly before = new WeakMap<object, Reading>();
  private readonly vcpus = new Map<string, Promise<number>>();

  /** @param vcpusOf how many virtual processors instances of a type have; asked once for each type. */
  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly vcpusOf: (instanceType: string) => Promise<number>,
  ) {}

  /** Reports instances that run. The first look at one is only to compare with. */
  async report(instances: readonly MeasuredInstance[], sink: MetricSink): Promise<void> {
    await allEnded(instances.map((instance) => this.reportOne(instance, sink)));
  }

  private async reportOne(
    { instanceId, instanceType, groupName, body }: MeasuredInstance,
    sink: MetricSink,
  ): Promise<void> {
    const cpuSeconds = await body?.cpuSeconds();
    if (body === undefined || cpuSeconds === undefined) {
      return;
    }
    const now: Reading = { cpuSeconds, at: this.clock.now() };
    const before = this.before.get(body);
    this.before.set(body, now);
    if (before === undefined || before.at >= now.at) {
      return;
    }
    const seconds = (now.at.getTime() - before.at.getTime()) / 1_000;
    const busy = (now.cpuSeconds - before.cpuSeconds) / seconds;
    const percent = (100 * busy) / (await this.vcpusOfType(instanceType));
    // This machine may have more processors than the type, and a process that has ended may take its time along.
    const values = distributionOf(Math.min(100, Math.max(0, percent)));
    const groups = groupName === undefined ? [] : [{ AutoScalingGroupName: groupName }];
    for (const dimensions of [{ InstanceId: instanceId }, ...groups]) {
      sink.put({ namespace: 'AWS/EC2', name: 'CPUUtilization', dimensions }, values, 'Percent');
    }
  }

  private vcpusOfType(instanceType: string): Promise<number> {
    let vcpus = this.vcpus.get(instanceType);
    if (vcpus === undefined) {
      vcpus = this.vcpusOf(instanceType);
      vcpus.catch(() => this.vcpus.delete(instanceType));
      this.vcpus.set(instanceType, vcpus);
    }
    return vcpus;
  }
}

/** @throws Error for a type that EC2 does not have. */
export async function vcpusOf(ec2: EC2Client, instanceType: string): Promise<number> {
  const { InstanceTypes } = await ec2.send(
    new DescribeInstanceTypesCommand({ Filters: [{ Name: 'instance-type', Values: [instanceType] }] }),
  );
  const vcpus = InstanceTypes?.[0]?.VCpuInfo?.DefaultVCpus;
  if (vcpus === undefined) {
    throw new Error(`EC2 does not tell how many processors ${instanceType} has.`);
  }
  return vcpus;
}
