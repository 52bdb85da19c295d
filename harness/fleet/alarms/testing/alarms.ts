import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { CloudWatch, type MetricAlarm, type PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';

import { actionOf } from '../../../edge/call';
import { NotificationsInMemory } from '../../autoscaling/testing/notifications';
import { HandClock } from '../../testing/clock';
import { AlarmActions } from '../alarm-actions';
import { AlarmStore } from '../alarm-store';
import { AlarmEvaluator } from '../evaluator';
import { distributionOf } from '../metrics/distribution';
import { MetricStore } from '../metrics/store';
import { alarmService } from '../service';

/** The metric of the alarm below. */
export const visibleMessages = {
  namespace: 'AWS/SQS',
  name: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName: 'tasks' },
};

export const topic = 'arn:aws:sns:us-east-2:000000000000:alarms';
export const policy =
  'arn:aws:autoscaling:us-east-2:000000000000:scalingPolicy:1:autoScalingGroupName/g:policyName/p';

/** An alarm on more than ten messages in the queue. */
export const visible = {
  AlarmName: 'backlog',
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: 'tasks' }],
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
} as const satisfies PutMetricAlarmInput;

/** Alarms behind CloudWatch's API, with the real SDK client in front and time in the test's hands. */
export class AlarmsUnderTest {
  readonly clock: HandClock;
  readonly metrics: MetricStore;
  readonly store: AlarmStore;
  readonly notifications = new NotificationsInMemory();
  readonly evaluator: AlarmEvaluator;
  readonly client: CloudWatch;

  private constructor(
    readonly endpoint: string,
    private readonly stop: () => Promise<void>,
    handle: (under: AlarmsUnderTest) => void,
    factor: number,
  ) {
    this.clock = new HandClock(factor);
    this.metrics = new MetricStore(this.clock);
    this.store = new AlarmStore({ accountId: '000000000000', region: 'us-east-2' }, this.clock);
    const actions = new AlarmActions(this.store, this.notifications);
    this.evaluator = new AlarmEvaluator(this.store, this.metrics, actions, this.clock);
    this.client = new CloudWatch({
      endpoint,
      region: 'us-east-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    handle(this);
  }

  static async start(factor = 1): Promise<AlarmsUnderTest> {
    let service: ReturnType<typeof alarmService> | undefined;
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) {
          chunks.push(chunk);
        }
        const body = Buffer.concat(chunks);
        const { headers, url: path = '/' } = request;
        await service?.answer({ headers, path, action: actionOf(request, body) }, body, response);
      })();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AlarmsUnderTest(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async () => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
      (under) => {
        service = alarmService(under.store, new AlarmActions(under.store, under.notifications));
      },
      factor,
    );
  }

  /** So many messages are in the queue for a period of 60 s; then the alarms are evaluated. */
  async minute(messages: number | undefined): Promise<void> {
    if (messages !== undefined) {
      this.metrics.put(visibleMessages, distributionOf(messages), 'Count');
    }
    this.clock.pass(this.clock.lasts(60) / 1_000);
    await this.evaluator.evaluate();
  }

  async alarm(name = 'backlog'): Promise<MetricAlarm> {
    const { MetricAlarms: [alarm = {}] = [] } = await this.client.describeAlarms({ AlarmNames: [name] });
    return alarm;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    await this.stop();
  }
}
