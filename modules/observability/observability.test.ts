import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Construct } from 'constructs';

import { type FleetSettings, WorkerFleet } from '../compute';
import { ExistingTaskQueue, QueueSubscription, UploadTopic } from '../messaging';
import { ArtifactBucket } from '../storage';
import { type Attributes, Synthesized, statements } from '../testing/synthesized';
import { account, tiers } from '../testing/tiers';
import { Observability, type ObservabilityProps } from './observability';

type Props = Partial<ObservabilityProps>;

const synthesizeWith = (
  more: (scope: Construct) => Props,
  settings: Partial<FleetSettings> = {},
): Synthesized<Observability> =>
  Synthesized.from((scope) => {
    const standing = tiers(scope);
    const topic = new UploadTopic(scope, 'topic', {
      ...account,
      topicName: 'announcements',
      bucketArn: 'arn:aws:s3:::films',
    });
    const { instances } = new WorkerFleet(scope, 'workers', {
      ...account,
      ...standing,
      name: 'workers',
      minSize: 2,
      desiredCapacity: 2,
      maxSize: 4,
      artifacts: [
        new ArtifactBucket(scope, 'artifacts', { bucketName: 'the-artifacts' }).add('w', __filename),
      ],
      instanceType: 't3.small',
      scaling: { policyType: 'StepScaling', scaleOutThreshold: 10 },
      ...settings,
    });
    return new Observability(scope, 'observability', {
      ...account,
      name: 'films',
      topic,
      queue: standing.queue,
      subscription: new QueueSubscription(scope, 'subscription', {
        ...account,
        topicArn: topic.arn,
        queue: standing.queue,
      }),
      workers: instances,
      ...more(scope),
    });
  });

const synthesize = (more: Props = {}): Synthesized<Observability> => synthesizeWith(() => more);

const withPool = (): Synthesized<Observability> => synthesizeWith(() => ({}), { warmPool: {} });

/** A web tier of which only the metrics matter. */
const withWeb = (scope: Construct): Props => {
  const standing = tiers(new Construct(scope, 'other'));
  const { instances } = new WorkerFleet(scope, 'web', {
    ...account,
    ...standing,
    name: 'web',
    minSize: 2,
    desiredCapacity: 2,
    maxSize: 4,
    artifacts: [],
    instanceType: 't3.small',
    scaling: { policyType: 'StepScaling', scaleOutThreshold: 10 },
  });
  const metric = (metricName: string) => ({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensions: { TargetGroup: 'targetgroup/web/1', LoadBalancer: 'app/web/1' },
    statistic: 'Minimum' as const,
    period: 60,
  });
  return {
    web: {
      instances,
      metricHealthyHosts: () => metric('HealthyHostCount'),
      metricRequests: () => metric('RequestCount'),
    },
  };
};

const alarm = (stack: Synthesized<Observability>, end: string): Attributes =>
  stack.one('aws_cloudwatch_metric_alarm', { alarm_name: `films-${end}` });

const ends = (stack: Synthesized<Observability>): string[] => Object.keys(stack.built.alarms.resources);

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly markdown?: string;
    readonly title?: string;
    readonly metrics?: unknown[][];
  };
}

const widgets = (stack: Synthesized<Observability>): Widget[] =>
  (JSON.parse(String(stack.one('aws_cloudwatch_dashboard').dashboard_body)) as { widgets: Widget[] }).widgets;

describe('the alarms of a pipeline', () => {
  it('watch the queues and the workers', () => {
    expect(ends(synthesize())).toEqual([
      'tasks-grow-old',
      'dead-letters',
      'undelivered',
      'slow-to-drain',
      'workers-below-min',
    ]);
  });

  it('watch the web tier as well, where there is one', () => {
    expect(ends(synthesizeWith(withWeb))).toEqual(
      expect.arrayContaining(['workers-below-min', 'web-below-min', 'no-healthy-host']),
    );
  });

  it('watch the warm pool as well, where there is one', () => {
    expect(ends(withPool())).toContain('pool-not-ready');
  });

  it('watch what there is of a queue that stands already', () => {
    const stack = synthesizeWith((scope) => ({
      queue: new ExistingTaskQueue(scope, 'own-queue', { queueName: 'their-tasks' }),
      subscription: undefined,
      topic: undefined,
    }));
    expect(ends(stack)).toEqual(['tasks-grow-old', 'slow-to-drain', 'workers-below-min']);
  });

  it('have each a section of the runbook, which its description links to', () => {
    const runbook = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8');
    const stacks = [synthesizeWith(withWeb), withPool()];
    const all = stacks.flatMap((stack) => ends(stack).map((end) => [stack, end] as const));
    for (const [stack, end] of all) {
      const description = String(alarm(stack, end).alarm_description);
      const section = /^\S.*\. Runbook: docs\/runbook\.md#([a-z-]+)$/.exec(description)?.[1];
      expect(runbook).toContain(`\n## ${section}\n`);
    }
  });

  it('link to the page that is named', () => {
    const description = alarm(synthesize({ runbookUrl: 'https://films.example/r' }), 'dead-letters');
    expect(description.alarm_description).toMatch(/Runbook: https:\/\/films\.example\/r#dead-letters$/);
  });

  it('tell nobody', () => {
    const stack = synthesize();
    expect(stack.all('aws_sns_topic_subscription').map(({ protocol }) => protocol)).toEqual(['sqs']);
    expect(alarm(stack, 'dead-letters')).toMatchObject({ alarm_actions: [], ok_actions: [] });
    expect(stack.built.alarmTopic).toBeUndefined();
  });

  it('tell a person by email, when asked, that they fire and that it is over', () => {
    const stack = synthesize({ alarmEmail: 'operators@films.example' });
    const topicArn = stack.reference(stack.built.alarmTopic!.arn);
    expect(alarm(stack, 'dead-letters')).toMatchObject({
      alarm_actions: [topicArn],
      ok_actions: [topicArn],
    });
    expect(stack.one('aws_sns_topic_subscription', { protocol: 'email' })).toMatchObject({
      endpoint: 'operators@films.example',
      topic_arn: topicArn,
    });
    expect(statements(stack.one('aws_sns_topic_policy', { arn: topicArn }).policy)).toMatchObject({
      AllowAlarms: {
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
      DenyInsecureTransport: { Effect: 'Deny' },
    });
  });

  it('tell a topic that stands already', () => {
    const topic = 'arn:aws:sns:us-east-2:111122223333:operators';
    expect(alarm(synthesize({ alarmTopicArn: topic }), 'slow-to-drain')).toMatchObject({
      alarm_actions: [topic],
    });
  });

  it('fire when a task is 15 minutes old', () => {
    expect(alarm(synthesize(), 'tasks-grow-old')).toMatchObject({
      metric_name: 'ApproximateAgeOfOldestMessage',
      comparison_operator: 'GreaterThanThreshold',
      threshold: 900,
      evaluation_periods: 5,
      treat_missing_data: 'notBreaching',
    });
  });

  it('give long tasks twice their time', () => {
    const stack = synthesizeWith((scope) => ({
      queue: new ExistingTaskQueue(scope, 'own', { queueName: 'films', longestTaskSeconds: 3600 }),
    }));
    expect(alarm(stack, 'tasks-grow-old').threshold).toBe(7200);
  });

  it('fire when a task is as old as asked', () => {
    expect(alarm(synthesize({ oldestTaskSeconds: 60 }), 'tasks-grow-old').threshold).toBe(60);
  });

  it.each([
    ['dead-letters', 'tasks-dlq'],
    ['undelivered', 'tasks-undelivered'],
  ])('%s: fire at the first message in %s', (end, queue) => {
    expect(alarm(synthesize(), end)).toMatchObject({
      metric_name: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: queue },
      comparison_operator: 'GreaterThanThreshold',
      threshold: 0,
      evaluation_periods: 1,
    });
  });

  it('fire when the workers need more than an hour for what waits', () => {
    const { metric_query: queries, ...rest } = alarm(synthesize(), 'slow-to-drain');
    expect(rest).toMatchObject({ threshold: 3600, evaluation_periods: 3 });
    expect(queries).toEqual([
      {
        id: 'drain',
        expression: 'IF(FILL(done, 0) > 0, 300 * waiting / done, IF(waiting > 0, 7200, 0))',
        label: 'seconds to drain',
        return_data: true,
      },
      {
        id: 'waiting',
        metric: expect.objectContaining({
          metric_name: 'ApproximateNumberOfMessagesVisible',
          stat: 'Maximum',
          period: 300,
        }) as unknown,
      },
      {
        id: 'done',
        metric: expect.objectContaining({
          metric_name: 'NumberOfMessagesDeleted',
          stat: 'Sum',
          period: 300,
        }) as unknown,
      },
    ]);
  });

  it('fire when the workers need longer than asked', () => {
    expect(alarm(synthesize({ timeToDrainSeconds: 120 }), 'slow-to-drain').threshold).toBe(120);
  });

  it('fire when fewer instances work than the group must have', () => {
    const stack = synthesize();
    const { metric_query: queries, ...rest } = alarm(stack, 'workers-below-min');
    expect(rest).toMatchObject({ threshold: 0, evaluation_periods: 5, treat_missing_data: 'missing' });
    expect(queries).toMatchObject([
      { id: 'missing', expression: 'min - working', return_data: true },
      { id: 'min', metric: { metric_name: 'GroupMinSize' } },
      { id: 'working', metric: { metric_name: 'GroupInServiceInstances' } },
    ]);
    expect(stack.one('aws_autoscaling_group').enabled_metrics).toEqual(
      expect.arrayContaining(['GroupMinSize', 'GroupInServiceInstances']),
    );
  });

  it('fire when a warm pool that should have instances has none that is ready', () => {
    const { metric_query: queries, ...rest } = alarm(withPool(), 'pool-not-ready');
    expect(rest).toMatchObject({ threshold: 0, evaluation_periods: 30, treat_missing_data: 'missing' });
    expect(queries).toMatchObject([
      { id: 'unready', expression: 'IF(desired > 0, IF(warmed < 1, 1, 0), 0)', return_data: true },
      { id: 'desired', metric: { metric_name: 'WarmPoolDesiredCapacity' } },
      { id: 'warmed', metric: { metric_name: 'WarmPoolWarmedCapacity' } },
    ]);
  });

  it('fire when the load balancer has nobody to send to', () => {
    expect(alarm(synthesizeWith(withWeb), 'no-healthy-host')).toMatchObject({
      metric_name: 'HealthyHostCount',
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      treat_missing_data: 'breaching',
    });
  });

  it.each<[string, Props, string]>([
    [
      'an address that is none',
      { alarmEmail: 'operators' },
      'alarmEmail is "operators"; an address looks like',
    ],
    ['no time at all', { timeToDrainSeconds: 0 }, 'timeToDrainSeconds is 0; it must be a whole number'],
    ['half a second', { oldestTaskSeconds: 0.5 }, 'oldestTaskSeconds is 0.5; it must be a whole number'],
  ])('refuse %s', (_, more, message) => {
    expect(() => synthesize(more)).toThrow(message);
  });
});

describe('the dashboard of a pipeline', () => {
  const headings = (stack: Synthesized<Observability>): string[] =>
    widgets(stack)
      .filter(({ type }) => type === 'text')
      .sort((one, other) => one.x - other.x)
      .map(({ properties }) => String(properties.markdown).split('\n')[0]!);

  it('tells the story from left to right', () => {
    expect(headings(synthesize())).toEqual(['## Uploads →', '## Tasks →', '## Workers →', '## Results']);
  });

  it('begins with people, where there is a web tier', () => {
    expect(headings(synthesizeWith(withWeb))).toEqual([
      '## People →',
      '## Uploads →',
      '## Tasks →',
      '## Workers →',
      '## Results',
    ]);
  });

  it.each([
    ['without a web tier', synthesize()],
    ['with one', synthesizeWith(withWeb)],
    ['with a warm pool', withPool()],
  ])("fits CloudWatch's grid of 24 columns, no widget over another, %s", (_, stack) => {
    const cells = widgets(stack).flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (__, cell) => [
        x + (cell % width),
        y + Math.floor(cell / width),
      ]),
    );
    expect(Math.max(...cells.map(([x]) => x!))).toBeLessThan(24);
    expect(new Set(cells.map(String)).size).toBe(cells.length);
  });

  it('shows a warm pool where there is one', () => {
    const pool = (stack: Synthesized<Observability>): unknown =>
      widgets(stack).find(({ properties }) => properties.title === 'Warm pool')?.properties.metrics;
    expect(pool(synthesize())).toBeUndefined();
    const group = ['AutoScalingGroupName', expect.stringMatching(/aws_autoscaling_group/) as unknown];
    const drawn = { stat: 'Average', period: 60 };
    expect(pool(withPool())).toEqual([
      ['AWS/AutoScaling', 'WarmPoolWarmedCapacity', ...group, { label: 'ready', ...drawn }],
      ['AWS/AutoScaling', 'WarmPoolPendingCapacity', ...group, { label: 'booting', ...drawn }],
      ['AWS/AutoScaling', 'WarmPoolDesiredCapacity', ...group, { label: 'desired', ...drawn }],
    ]);
  });

  it('shows every alarm on top', () => {
    const stack = synthesize();
    const [first] = widgets(stack);
    expect(first).toMatchObject({
      type: 'alarm',
      properties: {
        alarms: Object.values(stack.built.alarms.resources).map(({ arn }) => stack.reference(arn)),
      },
    });
  });

  it('draws metrics with names, and the operands of an expression not at all', () => {
    const graphs = widgets(synthesize()).filter(({ type }) => type === 'metric');
    const titled = (title: string): unknown =>
      graphs.find(({ properties }) => properties.title === title)?.properties.metrics;
    expect(titled('Tasks')).toEqual([
      [
        'AWS/SQS',
        'ApproximateNumberOfMessagesVisible',
        'QueueName',
        'tasks',
        { label: 'waiting', stat: 'Maximum', period: 60 },
      ],
      [
        'AWS/SQS',
        'ApproximateNumberOfMessagesNotVisible',
        'QueueName',
        'tasks',
        { label: 'being worked on', stat: 'Maximum', period: 60 },
      ],
    ]);
    expect(titled('Time to drain')).toEqual([
      [expect.objectContaining({ id: 'drain', label: 'seconds to drain' })],
      expect.arrayContaining([{ id: 'waiting', stat: 'Maximum', period: 300, visible: false }]),
      expect.arrayContaining([{ id: 'done', stat: 'Sum', period: 300, visible: false }]),
    ]);
  });
});
