import { CloudWatch } from '@aws-sdk/client-cloudwatch';
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
import { FleetUnderTest } from './testing/fleet-under-test';

let s: FleetUnderTest;

beforeAll(async () => {
  s = await FleetUnderTest.start();
});

afterAll(() => s[Symbol.asyncDispose]());

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

describe('what SQS reports', () => {
  it.each([
    ['messages that were sent', 'NumberOfMessagesSent', 'Sum'],
    ['the age of the oldest one, also while a receiver has it', 'ApproximateAgeOfOldestMessage', 'Maximum'],
  ] as const)('is data for an alarm: %s', async (_what, MetricName, Statistic) => {
    const sqs = new SQS(s.common);
    const cloudWatch = new CloudWatch(s.common);
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

describe('the paginators of the SDK', () => {
  it('come to the end of every list of the load balancing API, one at a time', async () => {
    const client = new ElasticLoadBalancingV2(s.common);
    const { Subnets = [] } = await s.ec2.describeSubnets({});
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
      CertificateArn: `arn:aws:acm:${s.region}:000000000000:certificate/${id}2345678-1234-1234-1234-123456789012`,
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
