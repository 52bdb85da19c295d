import { Construct } from 'constructs';

import type { UploadTopic } from '../messaging';
import { AlarmTopic } from './alarm-topic';
import { PipelineDashboard } from './dashboard';
import { type AlarmThresholds, PipelineAlarms, type Watched } from './pipeline-alarms';

/** What a deployer may choose of {@link Observability}. */
export interface ObservabilityChoices extends AlarmThresholds {
  /** Who is told by email when an alarm fires and when it is over, through a topic made here. @default nobody */
  readonly alarmEmail?: string | undefined;
  /** A topic that stands already and is told too. @default none */
  readonly alarmTopicArn?: string | undefined;
  /** Page that says what each alarm means and what to do; its sections are linked to. @default docs/runbook.md */
  readonly runbookUrl?: string | undefined;
}

/** Settings of {@link Observability}. */
export interface ObservabilityProps extends ObservabilityChoices, Watched {
  /** Name of the dashboard, and beginning of the alarms' names. */
  readonly name: string;
  /** AWS region that it stands in. */
  readonly region: string;
  /** Id of the AWS account. */
  readonly accountId: string;
  /** Topic that announces the uploads. @default none: the queue is fed otherwise */
  readonly topic?: UploadTopic | undefined;
  /** Customer-managed KMS key for the topic of the alarms. @default none */
  readonly encryptionKeyArn?: string | undefined;
}

/** What tells people how the pipeline is: alarms with a runbook, and one dashboard. */
export class Observability extends Construct {
  readonly alarms: PipelineAlarms;
  readonly dashboard: PipelineDashboard;
  readonly alarmTopic: AlarmTopic | undefined;

  /** @throws ValidationError for what is no address, and for a time that is no whole number of seconds. */
  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    const { name, alarmEmail, alarmTopicArn } = props;
    if (alarmEmail !== undefined) {
      this.alarmTopic = new AlarmTopic(this, 'topic', { ...props, alarmEmail, topicName: `${name}-alarms` });
    }
    this.alarms = new PipelineAlarms(this, 'alarms', {
      ...props,
      topicArns: [this.alarmTopic?.arn, alarmTopicArn].filter((arn) => arn !== undefined),
    });
    this.dashboard = new PipelineDashboard(this, 'dashboard', {
      ...props,
      dashboardName: name,
      alarms: this.alarms,
    });
  }
}
