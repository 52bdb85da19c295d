import type { CloudWatchClient, PutMetricDataInput } from '@aws-sdk/client-cloudwatch';
import type { SQSClient } from '@aws-sdk/client-sqs';

import type { Edge } from '../../edge/edge';
import { allEnded } from '../../support/all-ended';
import type { Clock } from '../clock';
import type { NotificationGateway } from '../notifications';
import { ServiceError } from '../protocol/errors';
import { AlarmActions } from './alarm-actions';
import { alarmMetrics } from './alarm-metrics';
import { AlarmStore, type Home } from './alarm-store';
import { AlarmEvaluator } from './evaluator';
import { QueueAges, queueAge } from './metrics/queue-ages';
import { QueueCounters, isQueueCounter } from './metrics/queue-counters';
import { QueueGauges } from './metrics/queue-gauges';
import { recordData } from './metrics/recording';
import { ReportingSink } from './metrics/reporting-sink';
import type { MetricId, MetricSink } from './metrics/sink';
import { MetricStore } from './metrics/store';
import { ScalingAlarms } from './scaling-alarms';
import { alarmService } from './service';

/** SQS's metrics are of a minute; measured this often in it, no burst goes unseen. */
const measuresAMinute = 6;
const leastMeasureMs = 500;
const mostMeasureMs = 5_000;

/** Every message of a queue is looked at for its age: seldom, but in each period of a minute. */
const agesAMinute = 2;

/** Alarms that LocalStack would keep apart from those here; the service answers that they are not done. */
const refused = new Set(['PutCompositeAlarm', 'PutLogAlarm']);

/** How often it is looked for alarms that are due, in milliseconds: an alarm is that late at most. */
const lookMs = 250;

/** What monitoring stands on. */
export interface MonitoringOptions {
  readonly edge: Edge;
  readonly home: Home;
  readonly clock: Clock;
  readonly cloudWatch: CloudWatchClient;
  readonly sqs: SQSClient;
  readonly notifications: NotificationGateway;
  /** Lets other services report what they measure of themselves, several times a minute. */
  readonly measure: (sink: MetricSink) => Promise<void>;
  /** Told when an alarm came into another state. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** CloudWatch's alarms: kept, evaluated on real metrics, acting. Metrics themselves are LocalStack's to show. */
export class Monitoring {
  /** Takes the metrics that other services report of themselves. */
  readonly sink: MetricSink;
  /** The alarms as Auto Scaling sees them. */
  readonly scalingAlarms: ScalingAlarms;
  private readonly alarms: AlarmStore;
  private readonly evaluator: AlarmEvaluator;
  private readonly gauges: QueueGauges;
  private readonly ages: QueueAges;
  private readonly counters: QueueCounters;
  private readonly reporting: ReportingSink;
  private readonly timer: NodeJS.Timeout;
  private nextMeasure = 0;
  private nextAges = 0;
  private looking: Promise<void> | undefined;

  /** Answers CloudWatch's actions on alarms at the edge, and begins to evaluate. */
  constructor(private readonly options: MonitoringOptions) {
    const { edge, home, clock, cloudWatch, sqs, notifications, onError } = options;
    const metrics = new MetricStore(clock);
    this.reporting = new ReportingSink(metrics, cloudWatch, clock, onError);
    this.sink = this.reporting;
    this.alarms = new AlarmStore(home, clock);
    this.scalingAlarms = new ScalingAlarms(this.alarms);
    this.gauges = new QueueGauges(sqs, metrics);
    this.ages = new QueueAges(home, () => edge.emulatorUrl, this.sink);
    this.counters = new QueueCounters(cloudWatch, metrics, clock);
    const actions = new AlarmActions(this.alarms, notifications);
    this.evaluator = new AlarmEvaluator(this.alarms, metrics, actions, clock);

    const service = alarmService(this.alarms, actions);
    for (const { action, done } of service.actions()) {
      if (done || refused.has(action)) {
        edge.serve('monitoring', (call, body, response) => service.answer(call, body, response), action);
      }
    }
    edge.serve(
      'monitoring',
      async (call, body, _response, forward) => {
        try {
          recordData(metrics, (await service.input(call, body)) as PutMetricDataInput, clock.now());
        } catch (error) {
          // LocalStack tells the caller what is wrong with the request.
          if (!(error instanceof ServiceError)) {
            throw error;
          }
        }
        await forward(body);
      },
      'PutMetricData',
    );
    this.timer = setInterval(() => {
      this.looking ??= this.look()
        .catch(onError)
        .finally(() => {
          this.looking = undefined;
        });
    }, lookMs);
  }

  /** Evaluates no more. Idempotent. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.reporting.close();
  }

  private async look(): Promise<void> {
    const { clock, measure, onChange } = this.options;
    const now = clock.now().getTime();
    const watched = this.queueMetrics();
    if (now >= this.nextMeasure) {
      const wanted = clock.lasts(60) / measuresAMinute;
      this.nextMeasure = now + Math.min(mostMeasureMs, Math.max(leastMeasureMs, wanted));
      await allEnded([
        measure(this.sink),
        this.gauges.measure(queuesOf(watched.filter(({ name }) => name !== queueAge))),
      ]);
    }
    if (now >= this.nextAges) {
      this.nextAges = now + Math.max(leastMeasureMs, clock.lasts(60) / agesAMinute);
      await this.ages.measure(queuesOf(watched.filter(({ name }) => name === queueAge)), clock.now());
    }
    await this.counters.take(watched.filter(isQueueCounter));
    if (await this.evaluator.evaluate()) {
      onChange();
    }
  }

  /** The metrics of queues that alarms watch, each once. */
  private queueMetrics(): MetricId[] {
    const metrics = [...this.alarms.alarms.values()]
      .flatMap(({ settings }) => alarmMetrics(settings).queries.map(({ metric }) => metric))
      .filter(({ namespace }) => namespace === 'AWS/SQS');
    return [...new Map(metrics.map((metric) => [JSON.stringify(metric), metric])).values()];
  }
}

function queuesOf(metrics: readonly MetricId[]): Set<string> {
  return new Set(metrics.flatMap(({ dimensions }) => dimensions.QueueName ?? []));
}
