import type { Activity } from '@aws-sdk/client-auto-scaling';
import { EC2ServiceException } from '@aws-sdk/client-ec2';

import { eventually } from '../lab/wait';
import { FleetUnderTest } from './testing/fleet-under-test';

let s: FleetUnderTest;

beforeAll(async () => {
  s = await FleetUnderTest.start();
});

afterAll(() => s[Symbol.asyncDispose]());

/** The first activity of a group that has ended. */
async function ended(name: string): Promise<Activity> {
  return eventually(`an activity of ${name} that has ended`, async () => {
    const { Activities } = await s.autoScaling.describeScalingActivities({ AutoScalingGroupName: name });
    return Activities?.find(({ EndTime }) => EndTime !== undefined);
  });
}

describe('user data', () => {
  it('of 16 KiB are taken, and one byte more is refused as EC2 refuses it, by a request and in a group', async () => {
    const most = `#!/bin/bash\n${'#'.repeat(16_384 - 12)}`;
    expect(Buffer.byteLength(most)).toBe(16_384);
    const launch = (userData: string): Promise<unknown> =>
      s.ec2.runInstances({
        ImageId: 'ami-12345678',
        MinCount: 1,
        MaxCount: 1,
        UserData: Buffer.from(userData).toString('base64'),
      });
    await launch(most);
    await expect(launch(`${most}#`)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: 'User data is limited to 16384 bytes',
    });

    await s.template('too-long', `${most}#`);
    await s.group('too-long', 'too-long', 1);
    const activity = await ended('too-long');
    expect(activity.StatusCode).toBe('Failed');
    expect(activity.StatusMessage).toContain(
      'User data is limited to 16384 bytes. Launching EC2 instance failed.',
    );
  });
});

describe('a body of namespaces', () => {
  it('has the Node that runs the harness, as a baked AMI has one, and cannot change it', async () => {
    await s.template('bare', '#!/bin/bash\nset -e\nnode --version\nchmod 777 "$(command -v node)"\n');
    const InstanceId = await s.launchFrom('bare');
    const console = await eventually('the end of the user data', async () => {
      const said = await s.room.fleet.body(InstanceId)?.consoleOutput();
      return said?.includes('cloud-init: user data failed') === true && said;
    });
    expect(console).toContain(`\n${process.version}\n`);
    expect(console).toContain('Read-only file system');
  });
});

describe('a large group', () => {
  it('launches more instances at once than a client of the SDK has connections', async () => {
    const large = 60;
    await s.template('crowd', '#!/bin/bash\n');
    await s.group('crowd', 'crowd', large, large);
    const members = await eventually(
      `${large} instances in service`,
      async () => {
        const { AutoScalingGroups } = await s.autoScaling.describeAutoScalingGroups({
          AutoScalingGroupNames: ['crowd'],
        });
        const inService = AutoScalingGroups?.[0]?.Instances?.filter(
          ({ LifecycleState }) => LifecycleState === 'InService',
        );
        return inService?.length === large && inService;
      },
      { seconds: 60 },
    );
    expect(new Set(members.map(({ InstanceId }) => InstanceId)).size).toBe(large);
    await s.autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName: 'crowd', ForceDelete: true });
  });
});

describe('a launch template that has vanished', () => {
  it('fails the launches of its group, and says so in the activities', async () => {
    await s.template('vanishing', '#!/bin/bash\n');
    await s.group('vanished', 'vanishing', 0);
    await s.ec2.deleteLaunchTemplate({ LaunchTemplateName: 'vanishing' });
    await s.autoScaling.setDesiredCapacity({ AutoScalingGroupName: 'vanished', DesiredCapacity: 1 });
    const activity = await ended('vanished');
    expect(activity.StatusCode).toBe('Failed');
    expect(activity.StatusMessage).toContain('InvalidLaunchTemplate');
  });

  it('is refused when a group is created', async () => {
    await expect(s.group('nothing', 'vanishing', 1)).rejects.toThrow('InvalidLaunchTemplate');
  });
});

describe('zones', () => {
  it('that there are not are refused, as are subnets', async () => {
    const create = (settings: object): Promise<unknown> =>
      s.autoScaling.createAutoScalingGroup({
        AutoScalingGroupName: 'nowhere',
        MinSize: 0,
        MaxSize: 1,
        LaunchTemplate: { LaunchTemplateName: 'too-long' },
        ...settings,
      });
    await expect(create({ AvailabilityZones: [`${s.region}z`] })).rejects.toThrow(
      `Invalid availability zones: [${s.region}z]`,
    );
    await expect(create({ VPCZoneIdentifier: 'subnet-0123456789abcdef0' })).rejects.toThrow(
      "The subnet ID 'subnet-0123456789abcdef0' does not exist",
    );
    await expect(create({})).rejects.toThrow('At least one Availability Zone or VPC Subnet is required.');
  });
});

describe('an image that cannot exist', () => {
  it.each([
    [
      'resolve:ssm:/no/such/parameter',
      'InvalidParameterValue',
      'The parameter /no/such/parameter of the AMI cannot be resolved',
    ],
    ['ubuntu', 'InvalidAMIID.Malformed', 'Invalid id: "ubuntu" (expecting "ami-...")'],
    ['ami-xyz', 'InvalidAMIID.Malformed', 'Invalid id: "ami-xyz" (expecting "ami-...")'],
  ])('is refused by EC2: %s', async (ImageId, name, message) => {
    const launch = s.ec2.runInstances({ ImageId, MinCount: 1, MaxCount: 1 });
    await expect(launch).rejects.toBeInstanceOf(EC2ServiceException);
    await expect(launch).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('an instance that is protected from termination by the API', () => {
  // Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
  it('cannot be terminated by a person, and by its group it can', async () => {
    await s.template('protected', '#!/bin/bash\n');
    await s.group('protected', 'protected', 1);
    const InstanceId = await eventually('an instance in service', async () => {
      const { AutoScalingInstances } = await s.autoScaling.describeAutoScalingInstances({});
      return AutoScalingInstances?.find(
        ({ AutoScalingGroupName, LifecycleState }) =>
          AutoScalingGroupName === 'protected' && LifecycleState === 'InService',
      )?.InstanceId;
    });
    // LocalStack forgets it when a launch says it.
    await s.ec2.modifyInstanceAttribute({ InstanceId, DisableApiTermination: { Value: true } });
    await expect(s.ec2.terminateInstances({ InstanceIds: [InstanceId] })).rejects.toMatchObject({
      name: 'OperationNotPermitted',
    });
    await s.autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName: 'protected', ForceDelete: true });
    await eventually('the end of the group', async () => {
      const { AutoScalingGroups } = await s.autoScaling.describeAutoScalingGroups({
        AutoScalingGroupNames: ['protected'],
      });
      return AutoScalingGroups?.length === 0;
    });
  });
});
