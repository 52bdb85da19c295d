import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';

import type { UploadTopic } from '../messaging';
import type { Metric } from '../metric';
import type { PipelineAlarms, Watched } from './pipeline-alarms';
import { timeToDrain } from './time-to-drain';

/** CloudWatch's grid is 24 columns wide. */
const gridWidth = 24;

/** Settings of a {@link PipelineDashboard}. */
export interface PipelineDashboardProps extends Watched {
  /** Name of the dashboard. */
  readonly dashboardName: string;
  /** AWS region that it stands in. */
  readonly region: string;
  /** Topic that announces the uploads. @default none: the queue is fed otherwise */
  readonly topic?: UploadTopic | undefined;
  /** Alarms that it shows on top, and whose limits it draws. */
  readonly alarms: PipelineAlarms;
}

/** A line of a graph, as the dashboard's JSON wants it. */
type Line = readonly unknown[];

interface Graph {
  readonly title: string;
  readonly lines: readonly Line[];
  /** A line across, which should not be crossed. */
  readonly limit?: { readonly label: string; readonly value: number };
}

/** One station of the pipeline. */
interface Station {
  readonly title: string;
  readonly story: string;
  /** One below the other. */
  readonly graphs: readonly Graph[];
}

/** One picture of the pipeline, from left to right: where uploads come in, wait, are worked on, and what went wrong. */
export class PipelineDashboard extends Construct {
  /** The provider's resources, for `addOverride`. */
  readonly resources: { readonly dashboard: CloudwatchDashboard };

  constructor(scope: Construct, id: string, props: PipelineDashboardProps) {
    super(scope, id);
    const dashboard = new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: props.dashboardName,
      dashboardBody: JSON.stringify({ start: '-PT3H', widgets: widgets(stations(props), props) }),
    });
    this.resources = { dashboard };
  }
}

function stations({ web, topic, queue, workers, subscription, alarms }: PipelineDashboardProps): Station[] {
  const deadLetters = queue.metricDeadLetters();
  return [
    ...(web === undefined
      ? []
      : [
          {
            title: 'People',
            story: 'send their files through the load balancer.',
            graphs: [
              { title: 'Requests', lines: [line(web.metricRequests(), 'requests')] },
              {
                title: 'Web instances',
                lines: [line(web.metricHealthyHosts(), 'healthy'), ...instances(web.instances)],
              },
            ],
          } satisfies Station,
        ]),
    ...(topic === undefined
      ? []
      : [
          {
            title: 'Uploads',
            story: 'arrive in S3, which announces each to the topic; SNS delivers it to the queue.',
            graphs: [
              { title: 'Announced by S3', lines: [line(topic.metricPublished(), 'announced')] },
              {
                title: 'Delivered by SNS',
                lines: [
                  line(topic.metricDelivered(), 'delivered'),
                  ...(subscription === undefined
                    ? []
                    : [line(subscription.metricUndelivered(), 'could not be delivered')]),
                ],
              },
            ],
          } satisfies Station,
        ]),
    {
      title: 'Tasks',
      story: 'wait in the queue, be it one or 10,000.',
      graphs: [
        {
          title: 'Tasks',
          lines: [line(queue.metricVisible(), 'waiting'), line(queue.metricInFlight(), 'being worked on')],
        },
        {
          title: 'Oldest task',
          lines: [line(queue.metricAgeOfOldestTask(), 'seconds')],
          limit: { label: 'too old', value: alarms.oldestTaskSeconds },
        },
      ],
    },
    {
      title: 'Workers',
      story: 'pull tasks from the queue; the group keeps them alive and fits their number.',
      graphs: [
        { title: 'Worker instances', lines: instances(workers) },
        {
          title: 'Tasks done',
          lines: [line(queue.metricSent(), 'arrived'), line(queue.metricDone(), 'done')],
        },
        ...warmPool(workers),
      ],
    },
    {
      title: 'Results',
      story: 'stand under the processed prefix; what could not be done waits for a person.',
      graphs: [
        {
          title: 'Time to drain',
          lines: drainLines(timeToDrain(queue, 2 * alarms.timeToDrainSeconds)),
          limit: { label: 'too slow', value: alarms.timeToDrainSeconds },
        },
        {
          title: 'Could not be done',
          lines: deadLetters === undefined ? [] : [line(deadLetters, 'dead letters')],
        },
      ],
    },
  ];
}

function instances(fleet: Watched['workers']): Line[] {
  return [
    line(fleet.metricInService(), 'in service'),
    line(fleet.metricDesired(), 'desired'),
    line(fleet.metricMinSize(), 'min'),
  ];
}

/** Where instances go on booting and few are ready, they are replaced before they work. */
function warmPool(fleet: Watched['workers']): Graph[] {
  const lines = [
    { metric: fleet.metricWarmed(), label: 'ready' },
    { metric: fleet.metricWarmPoolPending(), label: 'booting' },
    { metric: fleet.metricWarmPoolDesired(), label: 'desired' },
  ].flatMap(({ metric, label }) => (metric === undefined ? [] : [line(metric, label)]));
  return lines.length === 0 ? [] : [{ title: 'Warm pool', lines }];
}

function line({ namespace, metricName, dimensions, statistic, period }: Metric, label: string): Line {
  return [namespace, metricName, ...Object.entries(dimensions).flat(), { label, stat: statistic, period }];
}

/** The operands of an expression are not drawn. */
function drainLines([{ returnData: _, ...expression }, ...operands]: ReturnType<typeof timeToDrain>): Line[] {
  return [
    [expression],
    ...operands.map(({ id, metric: { namespace, metricName, dimensions, stat, period } }) => [
      namespace,
      metricName,
      ...Object.entries(dimensions).flat(),
      { id, stat, period, visible: false },
    ]),
  ];
}

/** The alarms on top, below them one column a station. */
function widgets(all: readonly Station[], { region, alarms }: PipelineDashboardProps): unknown[] {
  const width = Math.floor(gridWidth / all.length);
  const alarmArns = Object.values(alarms.resources).map(({ arn }) => arn);
  return [
    {
      ...{ type: 'alarm', x: 0, y: 0, width: gridWidth, height: 2 },
      properties: { title: 'What needs a person', alarms: alarmArns },
    },
    ...all.flatMap(({ title, story, graphs }, index) => {
      const arrow = index < all.length - 1 ? ' →' : '';
      const place = { x: index * width, width };
      return [
        {
          ...{ type: 'text', ...place, y: 2, height: 3 },
          properties: { markdown: `## ${title}${arrow}\n${story}` },
        },
        ...graphs.map((graph, row) => ({
          ...{ type: 'metric', ...place, y: 5 + 6 * row, height: 6 },
          properties: {
            title: graph.title,
            region,
            view: 'timeSeries',
            metrics: graph.lines,
            yAxis: { left: { min: 0 } },
            ...(graph.limit === undefined ? {} : { annotations: { horizontal: [graph.limit] } }),
          },
        })),
      ];
    }),
  ];
}
