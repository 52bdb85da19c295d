import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Construct } from 'constructs';

import { policyDocument, tlsOnly } from '../policy-document';
import { fromTopic, type TaskQueue } from './task-queue';

const fourteenDays = 1_209_600;

/** Settings of an {@link UploadTopic}. */
export interface UploadTopicProps {
  readonly topicName: string;
  /** The only bucket that may announce uploads. */
  readonly bucketArn: string;
  readonly region: string;
  /** Id of the AWS account, which must own the bucket: a name can be taken by others after a bucket is deleted. */
  readonly accountId: string;
}

/** The topic that announces each upload to whoever subscribes. */
export class UploadTopic extends Construct {
  readonly arn: string;
  /** What must exist before S3 may publish. */
  readonly policy: SnsTopicPolicy;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: UploadTopicProps,
  ) {
    super(scope, id);
    const { topicName, bucketArn, accountId } = props;
    const topic = new SnsTopic(this, 'topic', { name: topicName });
    this.arn = topic.arn;
    this.policy = new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: policyDocument(
        {
          Sid: 'AllowBucket',
          Principal: { Service: 's3.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: topic.arn,
          Condition: {
            ArnEquals: { 'aws:SourceArn': bucketArn },
            StringEquals: { 'aws:SourceAccount': accountId },
          },
        },
        tlsOnly('sns:Publish', topic.arn),
      ),
    });
  }

  /** Sends every announcement to a queue; what SNS cannot deliver goes to a dead-letter queue of the subscription's own. */
  subscribe(queue: TaskQueue): void {
    const { region, accountId } = this.props;
    const name = `${queue.queueName}-undelivered`;
    const arn = `arn:aws:sqs:${region}:${accountId}:${name}`;
    const undelivered = new SqsQueue(this, 'undelivered', {
      name,
      messageRetentionSeconds: fourteenDays,
      sqsManagedSseEnabled: true,
      policy: policyDocument(fromTopic(arn, this.arn), tlsOnly('sqs:*', arn)),
    });
    new SnsTopicSubscription(this, 'subscription', {
      topicArn: this.arn,
      protocol: 'sqs',
      endpoint: queue.arn,
      redrivePolicy: `{"deadLetterTargetArn":"${undelivered.arn}"}`,
    });
  }
}
