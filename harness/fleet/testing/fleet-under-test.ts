import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { EC2 } from '@aws-sdk/client-ec2';

import { administrator } from '../../support/account';
import { type Room, openRoom } from './room';

const region = 'us-east-2';

/** A room with what launches instances in it. */
export class FleetUnderTest implements AsyncDisposable {
  readonly region = region;
  readonly ec2: EC2;
  readonly autoScaling: AutoScaling;

  private constructor(readonly room: Room) {
    this.ec2 = new EC2(this.common);
    this.autoScaling = new AutoScaling(this.common);
  }

  static async start(): Promise<FleetUnderTest> {
    return new FleetUnderTest(await openRoom(await mkdtemp(join(tmpdir(), 'fleet-')), region));
  }

  /** Settings of every client of the SDK. */
  get common(): { endpoint: string; region: string; credentials: typeof administrator } {
    return { endpoint: this.room.endpoint, region, credentials: administrator };
  }

  /** A launch template with some user data. */
  async template(name: string, userData: string): Promise<void> {
    await this.ec2.createLaunchTemplate({
      LaunchTemplateName: name,
      LaunchTemplateData: {
        ImageId: 'ami-12345678',
        InstanceType: 't3.micro',
        UserData: Buffer.from(userData).toString('base64'),
      },
    });
  }

  /** An instance of a launch template. */
  async launchFrom(LaunchTemplateName: string): Promise<string> {
    const { Instances } = await this.ec2.runInstances({
      LaunchTemplate: { LaunchTemplateName },
      MinCount: 1,
      MaxCount: 1,
    });
    return Instances?.[0]?.InstanceId ?? '';
  }

  async group(name: string, LaunchTemplateName: string, DesiredCapacity: number, MaxSize = 2): Promise<void> {
    await this.autoScaling.createAutoScalingGroup({
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize,
      DesiredCapacity,
      LaunchTemplate: { LaunchTemplateName },
      AvailabilityZones: [`${region}a`],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ec2.destroy();
    this.autoScaling.destroy();
    await this.room[Symbol.asyncDispose]();
  }
}
