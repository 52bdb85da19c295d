import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';

import type { InstanceFleet } from '../compute';
import type { QueueSubscription, TaskQueueBase } from '../messaging';
import { type Metric, metricQuery } from '../metric';
import { type Problem, refuse, wholeNumberProblems } from '../validation';
import { timeToDrain } from './time-to-drain';

/** What alarms watch. */
export interface Watched {
  /** Queue of the tasks. */
  readonly queue: TaskQueueBase;
  /** Subscription that feeds the queue. @default none: it is fed otherwise */
  readonly subscription?: QueueSubscription | undefined;
  /** Instances that work on the tasks. */
  readonly workers: InstanceFleet;
  /** Web fleet behind its load balancer. @default none: there is no web tier */
  readonly web?: WatchedWebTier | undefined;
}

/** A web fleet behind its load balancer, as alarms and the dashboard see it. */
export interface WatchedWebTier {
  readonly instances: InstanceFleet;
  /** Instances that the load balancer sends requests to. */
  metricHealthyHosts(): Metric;
  metricRequests(): Metric;
}

/** When alarms fire; for deployers. */
export interface AlarmThresholds {
  /**
   * How long a task may wait, in seconds; tasks that are worked on count too.
   *
   * @default 900, or twice the longest task where that is more
   */
  readonly oldestTaskSeconds?: number | undefined;
  /** How long the workers may need for the tasks that wait, in seconds, before it is told. @default 3600 */
  readonly timeToDrainSeconds?: number | undefined;
}

/** Settings of {@link PipelineAlarms}. */
export interface PipelineAlarmsProps extends Watched, AlarmThresholds {
  /** Beginning of the alarms' names. */
  readonly name: string;
  /** Page that says what each alarm means and what to do; its sections are linked to. @default docs/runbook.md */
  readonly runbookUrl?: string | undefined;
  /** Topics that are told when an alarm fires and when it is over. @default none: alarms are seen on the dashboard */
  readonly topicArns?: readonly string[] | undefined;
}

/** What one alarm is, without what all have. */
type Alarm = Pick<
  CloudwatchMetricAlarmConfig,
  | 'namespace'
  | 'metricName'
  | 'dimensions'
  | 'statistic'
  | 'period'
  | 'metricQuery'
  | 'threshold'
  | 'evaluationPeriods'
  | 'treatMissingData'
> & {
  /** End of its name, and its section in the runbook. */
  readonly section: string;
  readonly meaning: string;
  readonly when: 'GreaterThanThreshold' | 'LessThanThreshold';
  /** What comes before the section in the name, where there are several of it. */
  readonly of?: string;
};

/** Alarms for people, each with its section of the runbook: tasks too old, lost, or too many; instances too few. */
export class PipelineAlarms extends Construct {
  readonly oldestTaskSeconds: number;
  readonly timeToDrainSeconds: number;
  /** The provider's resources by the ends of their names, for `addOverride`. */
  readonly resources: Readonly<Record<string, CloudwatchMetricAlarm>>;

  /** @throws ValidationError for a time that is no whole number of seconds. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineAlarmsProps,
  ) {
    super(scope, id);
    const { queue, subscription, workers, web } = props;
    this.oldestTaskSeconds = props.oldestTaskSeconds ?? Math.max(900, 2 * queue.longestTaskSeconds);
    this.timeToDrainSeconds = props.timeToDrainSeconds ?? 3_600;
    refuse(alarmThresholdProblems(props));
    const alarms = [
      this.tasksGrowOld(),
      ...deadLetters(queue),
      ...(subscription === undefined ? [] : [undelivered(subscription)]),
      this.slowToDrain(),
      belowMin('workers', workers),
      ...poolNotReady(workers),
      ...(web === undefined ? [] : [belowMin('web', web.instances), noHealthyHost(web)]),
    ];
    this.resources = Object.fromEntries(
      alarms.map(({ section, of, ...alarm }) => {
        const end = of === undefined ? section : `${of}-${section}`;
        return [end, this.alarm(end, section, alarm)];
      }),
    );
  }

  private alarm(end: string, section: string, alarm: Omit<Alarm, 'section' | 'of'>): CloudwatchMetricAlarm {
    const { name, runbookUrl = 'docs/runbook.md', topicArns = [] } = this.props;
    const { meaning, when, ...rest } = alarm;
    return new CloudwatchMetricAlarm(this, end, {
      ...rest,
      alarmName: `${name}-${end}`,
      alarmDescription: `${meaning} Runbook: ${runbookUrl}#${section}`,
      comparisonOperator: when,
      alarmActions: [...topicArns],
      okActions: [...topicArns],
    });
  }

  private tasksGrowOld(): Alarm {
    return {
      ...this.props.queue.metricAgeOfOldestTask(),
      section: 'tasks-grow-old',
      meaning: `The oldest task is more than ${this.oldestTaskSeconds} s old.`,
      when: 'GreaterThanThreshold',
      threshold: this.oldestTaskSeconds,
      evaluationPeriods: 5,
      // A queue that nobody uses reports nothing after six hours.
      treatMissingData: 'notBreaching',
    };
  }

  private slowToDrain(): Alarm {
    return {
      metricQuery: timeToDrain(this.props.queue, 2 * this.timeToDrainSeconds),
      section: 'slow-to-drain',
      meaning: `At their pace the workers need more than ${this.timeToDrainSeconds} s for the tasks that wait.`,
      when: 'GreaterThanThreshold',
      threshold: this.timeToDrainSeconds,
      evaluationPeriods: 3,
      treatMissingData: 'notBreaching',
    };
  }
}

function deadLetters(queue: TaskQueueBase): Alarm[] {
  const metric = queue.metricDeadLetters();
  return metric === undefined
    ? []
    : [{ ...notEmpty(metric), section: 'dead-letters', meaning: 'A task could not be done.' }];
}

function undelivered(subscription: QueueSubscription): Alarm {
  return {
    ...notEmpty(subscription.metricUndelivered()),
    section: 'undelivered',
    meaning: 'SNS could not deliver the announcement of an upload to the queue.',
  };
}

function notEmpty(metric: Metric): Omit<Alarm, 'section' | 'meaning'> {
  return {
    ...metric,
    when: 'GreaterThanThreshold',
    threshold: 0,
    evaluationPeriods: 1,
    treatMissingData: 'notBreaching',
  };
}

/** Against the min size that the group has now: a schedule may have changed it. */
function belowMin(of: string, fleet: InstanceFleet): Alarm {
  return {
    metricQuery: [
      { id: 'missing', expression: 'min - working', label: 'instances missing', returnData: true },
      metricQuery('min', fleet.metricMinSize()),
      metricQuery('working', fleet.metricInService()),
    ],
    section: 'below-min',
    of,
    meaning: `Fewer instances are in service than the group's min size.`,
    when: 'GreaterThanThreshold',
    threshold: 0,
    evaluationPeriods: 5,
    // A group that is just made has not reported yet.
    treatMissingData: 'missing',
  };
}

/** A pool that begins, or whose instances an instance refresh replaces, has some soon. */
function poolNotReady(fleet: InstanceFleet): Alarm[] {
  const desired = fleet.metricWarmPoolDesired();
  const warmed = fleet.metricWarmed();
  return desired === undefined || warmed === undefined
    ? []
    : [
        {
          metricQuery: [
            {
              id: 'unready',
              expression: 'IF(desired > 0, IF(warmed < 1, 1, 0), 0)',
              label: 'no instance is ready',
              returnData: true,
            },
            metricQuery('desired', desired),
            metricQuery('warmed', warmed),
          ],
          section: 'pool-not-ready',
          meaning: 'For half an hour no instance of the warm pool was ready.',
          when: 'GreaterThanThreshold',
          threshold: 0,
          evaluationPeriods: 30,
          treatMissingData: 'missing',
        },
      ];
}

function noHealthyHost(web: WatchedWebTier): Alarm {
  return {
    ...web.metricHealthyHosts(),
    section: 'no-healthy-host',
    meaning: 'The load balancer has no healthy instance to send people to.',
    when: 'LessThanThreshold',
    threshold: 1,
    evaluationPeriods: 2,
    // A target group without any target reports nothing.
    treatMissingData: 'breaching',
  };
}

/** @returns what no alarm can compare with. */
export function alarmThresholdProblems({
  oldestTaskSeconds,
  timeToDrainSeconds,
}: AlarmThresholds): Problem[] {
  const allowed = 'it must be a whole number of seconds, 1 or more.';
  return Object.entries({ oldestTaskSeconds, timeToDrainSeconds }).flatMap(([field, given]) =>
    given === undefined ? [] : wholeNumberProblems(field, given, 1, Number.MAX_SAFE_INTEGER, allowed),
  );
}
