import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { eventually } from '../lab/wait';
import { FleetUnderTest } from './testing/fleet-under-test';

const run = promisify(execFile);

let s: FleetUnderTest;

beforeAll(async () => {
  s = await FleetUnderTest.start();
});

afterAll(() => s[Symbol.asyncDispose]());

/** The AWS CLI, with what it prints as JSON read. */
async function aws(...words: string[]): Promise<unknown> {
  const { stdout } = await run(join(s.room.programs, 'python'), [join(s.room.programs, 'aws'), ...words], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: s.room.endpoint,
      AWS_REGION: s.region,
      AWS_DEFAULT_REGION: s.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  });
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}

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
    const { Subnets = [] } = await s.ec2.describeSubnets({});
    const [{ VpcId = '' } = {}] = Subnets;
    const twoZones = ['a', 'b'].map(
      (zone) => Subnets.find(({ AvailabilityZone }) => AvailabilityZone === s.region + zone)!.SubnetId!,
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

    await s.template('target', '#!/bin/bash\n');
    const InstanceId = await s.launchFrom('target');
    const body = await eventually('its body', () => s.room.fleet.body(InstanceId));
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
