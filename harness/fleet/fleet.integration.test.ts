import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Activity, AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { EC2, EC2ServiceException } from '@aws-sdk/client-ec2';
import {
  type Action,
  ElasticLoadBalancingV2,
  paginateDescribeAccountLimits,
  paginateDescribeListenerCertificates,
  paginateDescribeListeners,
  paginateDescribeLoadBalancers,
  paginateDescribeRules,
  paginateDescribeTargetGroups,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SQS } from '@aws-sdk/client-sqs';

import { eventually } from '../lab/wait';
import { administrator } from '../support/account';
import { type Room, openRoom } from './testing/room';

const region = 'us-east-2';
const run = promisify(execFile);

let room: Room;
let ec2: EC2;
let autoScaling: AutoScaling;

beforeAll(async () => {
  room = await openRoom(await mkdtemp(join(tmpdir(), 'fleet-')), region);
  const common = {
    endpoint: room.endpoint,
    region,
    credentials: administrator,
  };
  ec2 = new EC2(common);
  autoScaling = new AutoScaling(common);
});

afterAll(async () => {
  ec2.destroy();
  autoScaling.destroy();
  await room[Symbol.asyncDispose]();
});

/** A launch template with some user data. */
async function template(name: string, userData: string): Promise<void> {
  await ec2.createLaunchTemplate({
    LaunchTemplateName: name,
    LaunchTemplateData: {
      ImageId: 'ami-12345678',
      InstanceType: 't3.micro',
      UserData: Buffer.from(userData).toString('base64'),
    },
  });
}

/** An instance of a launch template. */
async function launchFrom(LaunchTemplateName: string): Promise<string> {
  const { Instances } = await ec2.runInstances({
    LaunchTemplate: { LaunchTemplateName },
    MinCount: 1,
    MaxCount: 1,
  });
  return Instances![0]!.InstanceId!;
}

async function group(
  name: string,
  LaunchTemplateName: string,
  DesiredCapacity: number,
  MaxSize = 2,
): Promise<void> {
  await autoScaling.createAutoScalingGroup({
    AutoScalingGroupName: name,
    MinSize: 0,
    MaxSize,
    DesiredCapacity,
    LaunchTemplate: { LaunchTemplateName },
    AvailabilityZones: [`${region}a`],
  });
}

/** The first activity of a group that has ended. */
async function ended(name: string): Promise<Activity> {
  return eventually(`an activity of ${name} that has ended`, async () => {
    const { Activities } = await autoScaling.describeScalingActivities({ AutoScalingGroupName: name });
    return Activities?.find(({ EndTime }) => EndTime !== undefined);
  });
}

/** How many items each page of a list has. */
async function sizes<Page>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly unknown[] | undefined,
): Promise<number[]> {
  const lengths: number[] = [];
  for await (const page of pages) {
    lengths.push(items(page)?.length ?? 0);
  }
  return lengths;
}

/** The AWS CLI, with what it prints as JSON read. */
async function aws(...words: string[]): Promise<unknown> {
  const { stdout } = await run(join(room.programs, 'python'), [join(room.programs, 'aws'), ...words], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: room.endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  });
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}

describe('user data', () => {
  it('of 16 KiB are taken, and one byte more is refused as EC2 refuses it, by a request and in a group', async () => {
    const most = `#!/bin/bash\n${'#'.repeat(16_384 - 12)}`;
    expect(Buffer.byteLength(most)).toBe(16_384);
    const launch = (userData: string): Promise<unknown> =>
      ec2.runInstances({
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

    await template('too-long', `${most}#`);
    await group('too-long', 'too-long', 1);
    const activity = await ended('too-long');
    expect(activity.StatusCode).toBe('Failed');
    expect(activity.StatusMessage).toContain(
      'User data is limited to 16384 bytes. Launching EC2 instance failed.',
    );
  });
});

describe('a body of namespaces', () => {
  it('has the Node that runs the harness, as a baked AMI has one, and cannot change it', async () => {
    await template('bare', '#!/bin/bash\nset -e\nnode --version\nchmod 777 "$(command -v node)"\n');
    const InstanceId = await launchFrom('bare');
    const console = await eventually('the end of the user data', async () => {
      const said = await room.fleet.body(InstanceId)?.consoleOutput();
      return said?.includes('cloud-init: user data failed') === true && said;
    });
    expect(console).toContain(`\n${process.version}\n`);
    expect(console).toContain('Read-only file system');
  });
});

describe('a large group', () => {
  it('launches more instances at once than a client of the SDK has connections', async () => {
    const large = 60;
    await template('crowd', '#!/bin/bash\n');
    await group('crowd', 'crowd', large, large);
    const members = await eventually(
      `${large} instances in service`,
      async () => {
        const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({
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
    await autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName: 'crowd', ForceDelete: true });
  });
});

describe('a warm pool', () => {
  const AutoScalingGroupName = 'pooled';
  const LifecycleHookName = 'prepared';

  async function inState(state: string): Promise<string> {
    return eventually(`an instance that is ${state}`, async () => {
      const { AutoScalingInstances } = await autoScaling.describeAutoScalingInstances({});
      return AutoScalingInstances?.find(
        (instance) =>
          instance.AutoScalingGroupName === AutoScalingGroupName && instance.LifecycleState === state,
      )?.InstanceId;
    });
  }

  const proceed = (InstanceId: string): Promise<unknown> =>
    autoScaling.completeLifecycleAction({
      AutoScalingGroupName,
      LifecycleHookName,
      InstanceId,
      LifecycleActionResult: 'CONTINUE',
    });

  const saying = (instanceId: string, text: string): Promise<string> =>
    eventually(`«${text}» on the console`, async () => {
      const said = await room.fleet.body(instanceId)?.consoleOutput();
      return said?.includes(text) === true && said;
    });

  const scaleTo = (DesiredCapacity: number): Promise<unknown> =>
    autoScaling.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity });

  it('prepares an instance, stops it, starts it with what it has when the group grows, and takes it back', async () => {
    await template(
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
    await group(AutoScalingGroupName, 'prepared', 0, 1);
    await autoScaling.putLifecycleHook({
      AutoScalingGroupName,
      LifecycleHookName,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    });
    await autoScaling.putWarmPool({
      AutoScalingGroupName,
      InstanceReusePolicy: { ReuseOnScaleIn: true },
    });
    const instanceId = await inState('Warmed:Pending:Wait');
    expect(await saying(instanceId, 'user data finished')).toContain('Warmed:Stopped');
    await proceed(instanceId);
    expect(await inState('Warmed:Stopped')).toBe(instanceId);
    await eventually('the end of its body', () => Promise.resolve(room.fleet.body(instanceId) === undefined));

    await scaleTo(1);
    expect(await inState('Pending:Wait')).toBe(instanceId);
    await saying(instanceId, 'the user data ran at the first boot');
    expect((await room.fleet.body(instanceId)!.run(['cat', '/root/state'])).stdout.trim()).toBe('prepared');
    await proceed(instanceId);
    expect(await inState('InService')).toBe(instanceId);

    await scaleTo(0);
    expect(await inState('Warmed:Stopped')).toBe(instanceId);
    await autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true });
    await eventually('the end of the instance', () =>
      Promise.resolve(room.fleet.instances().every((instance) => instance.instanceId !== instanceId)),
    );
  });
});

describe('a launch template that has vanished', () => {
  it('fails the launches of its group, and says so in the activities', async () => {
    await template('vanishing', '#!/bin/bash\n');
    await group('vanished', 'vanishing', 0);
    await ec2.deleteLaunchTemplate({ LaunchTemplateName: 'vanishing' });
    await autoScaling.setDesiredCapacity({ AutoScalingGroupName: 'vanished', DesiredCapacity: 1 });
    const activity = await ended('vanished');
    expect(activity.StatusCode).toBe('Failed');
    expect(activity.StatusMessage).toContain('InvalidLaunchTemplate');
  });

  it('is refused when a group is created', async () => {
    await expect(group('nothing', 'vanishing', 1)).rejects.toThrow('InvalidLaunchTemplate');
  });
});

describe('zones', () => {
  it('that there are not are refused, as are subnets', async () => {
    const create = (settings: object): Promise<unknown> =>
      autoScaling.createAutoScalingGroup({
        AutoScalingGroupName: 'nowhere',
        MinSize: 0,
        MaxSize: 1,
        LaunchTemplate: { LaunchTemplateName: 'too-long' },
        ...settings,
      });
    await expect(create({ AvailabilityZones: [`${region}z`] })).rejects.toThrow(
      `Invalid availability zones: [${region}z]`,
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
    const launch = ec2.runInstances({ ImageId, MinCount: 1, MaxCount: 1 });
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
    await template('protected', '#!/bin/bash\n');
    await group('protected', 'protected', 1);
    const InstanceId = await eventually('an instance in service', async () => {
      const { AutoScalingInstances } = await autoScaling.describeAutoScalingInstances({});
      return AutoScalingInstances?.find(
        ({ AutoScalingGroupName, LifecycleState }) =>
          AutoScalingGroupName === 'protected' && LifecycleState === 'InService',
      )?.InstanceId;
    });
    // LocalStack forgets it when a launch says it.
    await ec2.modifyInstanceAttribute({ InstanceId, DisableApiTermination: { Value: true } });
    await expect(ec2.terminateInstances({ InstanceIds: [InstanceId] })).rejects.toMatchObject({
      name: 'OperationNotPermitted',
    });
    await autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName: 'protected', ForceDelete: true });
    await eventually('the end of the group', async () => {
      const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({
        AutoScalingGroupNames: ['protected'],
      });
      return AutoScalingGroups?.length === 0;
    });
  });
});

describe('what SQS reports', () => {
  it.each([
    ['messages that were sent', 'NumberOfMessagesSent', 'Sum'],
    ['the age of the oldest one, also while a receiver has it', 'ApproximateAgeOfOldestMessage', 'Maximum'],
  ] as const)('is data for an alarm: %s', async (_what, MetricName, Statistic) => {
    const common = {
      endpoint: room.endpoint,
      region,
      credentials: administrator,
    };
    const sqs = new SQS(common);
    const cloudWatch = new CloudWatch(common);
    const QueueName = `of-${MetricName}`;
    const { QueueUrl } = await sqs.createQueue({ QueueName });
    await cloudWatch.putMetricAlarm({
      AlarmName: MetricName,
      Namespace: 'AWS/SQS',
      MetricName,
      Dimensions: [{ Name: 'QueueName', Value: QueueName }],
      Statistic,
      Period: 10,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'ignore',
    });
    await sqs.sendMessageBatch({
      QueueUrl,
      Entries: ['a', 'b', 'c', 'd', 'e', 'f'].map((Id) => ({ Id, MessageBody: Id })),
    });
    await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 300 });
    const alarm = await eventually('the alarm', async () => {
      const { MetricAlarms } = await cloudWatch.describeAlarms({ AlarmNames: [MetricName] });
      return MetricAlarms!.find(({ StateValue }) => StateValue === 'ALARM');
    });
    expect(alarm.StateReason).toContain('was greater than or equal to the threshold (2.0)');
    sqs.destroy();
    cloudWatch.destroy();
  });
});

describe('the AWS CLI', () => {
  it('makes alarms with tags, waits for them, sets their state, reads their history and deletes them', async () => {
    await aws(
      ...[
        'cloudwatch',
        'put-metric-alarm',
        '--alarm-name',
        'by-cli',
        '--namespace',
        'Test',
        '--metric-name',
        'm',
      ],
      ...['--statistic', 'Sum', '--period', '60', '--evaluation-periods', '1', '--threshold', '1.5'],
      ...['--comparison-operator', 'GreaterThanThreshold', '--tags', 'Key=Stage,Value=lab'],
      // Else it would come to have insufficient data with the next full minute.
      ...['--treat-missing-data', 'ignore'],
    );
    await aws('cloudwatch', 'wait', 'alarm-exists', '--alarm-names', 'by-cli');
    const { MetricAlarms } = (await aws('cloudwatch', 'describe-alarms', '--alarm-names', 'by-cli')) as {
      MetricAlarms: { AlarmArn: string; Threshold: number }[];
    };
    expect(MetricAlarms).toMatchObject([
      { AlarmName: 'by-cli', Threshold: 1.5, StateValue: 'INSUFFICIENT_DATA' },
    ]);
    expect(
      await aws('cloudwatch', 'list-tags-for-resource', '--resource-arn', MetricAlarms[0]!.AlarmArn),
    ).toEqual({ Tags: [{ Key: 'Stage', Value: 'lab' }] });
    await aws(
      ...['cloudwatch', 'set-alarm-state', '--alarm-name', 'by-cli'],
      ...['--state-value', 'ALARM', '--state-reason', 'by hand'],
    );
    expect(
      await aws(
        'cloudwatch',
        'describe-alarm-history',
        '--alarm-name',
        'by-cli',
        '--history-item-type',
        'StateUpdate',
      ),
    ).toMatchObject({
      AlarmHistoryItems: [{ HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to ALARM' }],
    });
    await aws('cloudwatch', 'delete-alarms', '--alarm-names', 'by-cli');
    await expect(aws('cloudwatch', 'delete-alarms', '--alarm-names', 'by-cli')).rejects.toThrow(
      'Alarm by-cli does not exist',
    );
  });

  it('puts data to LocalStack, which alarms are evaluated on', async () => {
    await aws(
      ...[
        'cloudwatch',
        'put-metric-alarm',
        '--alarm-name',
        'on-data',
        '--namespace',
        'Test',
        '--metric-name',
        'd',
      ],
      ...['--statistic', 'Sum', '--period', '10', '--evaluation-periods', '1', '--threshold', '1'],
      ...['--comparison-operator', 'GreaterThanThreshold', '--treat-missing-data', 'ignore'],
    );
    await aws('cloudwatch', 'put-metric-data', '--namespace', 'Test', '--metric-name', 'd', '--value', '5');
    await eventually('the alarm', async () => {
      const { MetricAlarms } = (await aws('cloudwatch', 'describe-alarms', '--alarm-names', 'on-data')) as {
        MetricAlarms: { StateValue: string }[];
      };
      return MetricAlarms[0]!.StateValue === 'ALARM';
    });
    expect(await aws('cloudwatch', 'list-metrics', '--namespace', 'Test')).toMatchObject({
      Metrics: [{ MetricName: 'd' }],
    });
  });

  it('follows load balancers and targets with its own waiters, from before they are ready until they are gone', async () => {
    const { Subnets = [] } = await ec2.describeSubnets({});
    const [{ VpcId = '' } = {}] = Subnets;
    const twoZones = ['a', 'b'].map(
      (zone) => Subnets.find(({ AvailabilityZone }) => AvailabilityZone === region + zone)!.SubnetId!,
    );
    const elb = (action: string, ...words: string[]): Promise<unknown> => aws('elbv2', action, ...words);
    const {
      LoadBalancers: [made],
    } = (await elb('create-load-balancer', '--name', 'waited-for', '--subnets', ...twoZones)) as {
      LoadBalancers: [{ LoadBalancerArn: string; State: { Code: string } }];
    };
    expect(made.State.Code).toBe('provisioning');
    const balancer = ['--load-balancer-arns', made.LoadBalancerArn];
    await elb('wait', 'load-balancer-exists', ...balancer);
    await elb('wait', 'load-balancer-available', ...balancer);

    await template('target', '#!/bin/bash\n');
    const InstanceId = await launchFrom('target');
    const body = await eventually('its body', () => room.fleet.body(InstanceId));
    const {
      TargetGroups: [{ TargetGroupArn }],
    } = (await elb(
      ...['create-target-group', '--name', 'waited-for', '--vpc-id', VpcId, '--protocol', 'HTTP'],
      ...['--port', '8080', '--health-check-interval-seconds', '6', '--healthy-threshold-count', '2'],
    )) as { TargetGroups: [{ TargetGroupArn: string }] };
    const group = ['--target-group-arn', TargetGroupArn];
    const delay = 'Key=deregistration_delay.timeout_seconds,Value=1';
    await elb('modify-target-group-attributes', ...group, '--attributes', delay);
    await elb(
      ...['create-listener', '--load-balancer-arn', made.LoadBalancerArn, '--protocol', 'HTTP'],
      ...['--port', '80', '--default-actions', `Type=forward,TargetGroupArn=${TargetGroupArn}`],
    );
    const target = ['--targets', `Id=${InstanceId}`];
    const states = async (): Promise<string[]> => {
      const { TargetHealthDescriptions: shown } = (await elb('describe-target-health', ...group)) as {
        TargetHealthDescriptions: { TargetHealth: { State: string } }[];
      };
      return shown.map(({ TargetHealth: { State } }) => State);
    };
    await elb('register-targets', ...group, ...target);
    expect(await states()).toEqual([expect.not.stringMatching(/^healthy$/)]);
    void body.run(['python3', '-m', 'http.server', '8080', '--bind', body.address!, '--directory', '/srv']);
    await elb('wait', 'target-in-service', ...group, ...target);
    expect(await states()).toEqual(['healthy']);
    await elb('deregister-targets', ...group, ...target);
    await elb('wait', 'target-deregistered', ...group, ...target);
    expect(await states()).toEqual([]);

    await elb('delete-load-balancer', '--load-balancer-arn', made.LoadBalancerArn);
    await elb('wait', 'load-balancers-deleted', ...balancer);
    await expect(elb('describe-load-balancers', ...balancer)).rejects.toThrow('LoadBalancerNotFound');
  });
});

describe('the paginators of the SDK', () => {
  it('come to the end of every list of the load balancing API, one at a time', async () => {
    const client = new ElasticLoadBalancingV2({
      endpoint: room.endpoint,
      region,
      credentials: administrator,
    });
    const { Subnets = [] } = await ec2.describeSubnets({});
    const { VpcId } = Subnets[0]!;
    const names = ['page-1', 'page-2', 'page-3'];
    const { LoadBalancers: balancers } = await client.createLoadBalancer({
      Name: names[0],
      Subnets: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!),
    });
    const { LoadBalancerArn } = balancers![0]!;
    for (const Name of names) {
      await client.createTargetGroup({ Name, Protocol: 'HTTP', Port: 80, VpcId });
    }
    const answer: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } };
    const certificate = (id: number): { CertificateArn: string } => ({
      CertificateArn: `arn:aws:acm:${region}:000000000000:certificate/${id}2345678-1234-1234-1234-123456789012`,
    });
    const { Listeners: http } = await client.createListener({
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [answer],
    });
    const { Listeners: https } = await client.createListener({
      LoadBalancerArn,
      Protocol: 'HTTPS',
      Port: 443,
      DefaultActions: [answer],
      Certificates: [certificate(1)],
    });
    const { ListenerArn } = http![0]!;
    for (const Priority of [1, 2]) {
      const Conditions = [{ Field: 'path-pattern', Values: [`/${Priority}`] }];
      await client.createRule({ ListenerArn, Priority, Conditions, Actions: [answer] });
    }
    const secure = https![0]!.ListenerArn;
    await client.addListenerCertificates({ ListenerArn: secure, Certificates: [certificate(2)] });

    const one = { PageSize: 1 };
    expect({
      groups: await sizes(
        paginateDescribeTargetGroups({ client }, { ...one, Names: names }),
        (page) => page.TargetGroups,
      ),
      listeners: await sizes(
        paginateDescribeListeners({ client }, { ...one, LoadBalancerArn }),
        (page) => page.Listeners,
      ),
      rules: await sizes(paginateDescribeRules({ client }, { ...one, ListenerArn }), (page) => page.Rules),
      certificates: await sizes(
        paginateDescribeListenerCertificates({ client }, { ...one, ListenerArn: secure }),
        (page) => page.Certificates,
      ),
    }).toEqual({ groups: [1, 1, 1], listeners: [1, 1], rules: [1, 1, 1], certificates: [1, 1] });
    const limits = await sizes(
      paginateDescribeAccountLimits({ client }, { PageSize: 4 }),
      (page) => page.Limits,
    );
    expect(limits.length).toBeGreaterThan(1);
    const { LoadBalancers: all = [] } = await client.describeLoadBalancers({});
    const balancersPaged = await sizes(
      paginateDescribeLoadBalancers({ client }, one),
      (page) => page.LoadBalancers,
    );
    expect(balancersPaged).toEqual(all.map(() => 1));
    client.destroy();
  });
});
