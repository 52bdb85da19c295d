import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { Construct } from 'constructs';

import type { Grantee } from '../grantee';
import type { Metric, MetricOptions } from '../metric';
import { policyDocument, tlsOnly, useOfKey } from '../policy-document';

/** Settings of an {@link UploadTopic}. */
export interface UploadTopicProps {
  /** Name of the topic. */
  readonly topicName: string;
  /** The only bucket that may announce uploads. */
  readonly bucketArn: string;
  /** Id of the AWS account, which must own the bucket: a name can be taken by others after a bucket is deleted. */
  readonly accountId: string;
  /**
   * Customer-managed KMS key that encrypts the announcements; its policy must let S3 use it.
   *
   * @default none: S3 cannot publish to a topic that a key of AWS's encrypts
   */
  readonly encryptionKeyArn?: string | undefined;
}

/** The topic that announces each upload to whoever subscribes. */
export class UploadTopic extends Construct {
  readonly topicName: string;
  readonly arn: string;
  readonly encryptionKeyArn: string | undefined;
  /** The provider's resources, for `addOverride`. `policy` must exist before S3 may publish. */
  readonly resources: { readonly topic: SnsTopic; readonly policy: SnsTopicPolicy };

  constructor(scope: Construct, id: string, props: UploadTopicProps) {
    super(scope, id);
    const { topicName, bucketArn, accountId, encryptionKeyArn } = props;
    const topic = new SnsTopic(this, 'topic', {
      name: topicName,
      ...(encryptionKeyArn === undefined ? {} : { kmsMasterKeyId: encryptionKeyArn }),
    });
    const policy = new SnsTopicPolicy(this, 'policy', {
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
    this.topicName = topicName;
    this.arn = topic.arn;
    this.encryptionKeyArn = encryptionKeyArn;
    this.resources = { topic, policy };
  }

  /** Lets a program announce uploads as S3 does: to replay those of yesterday, or of another bucket. */
  grantPublish(grantee: Grantee): void {
    grantee.grant(
      { Sid: 'AnnounceUploads', Action: 'sns:Publish', Resource: this.arn },
      // Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
      ...useOfKey('EncryptAnnouncements', this.encryptionKeyArn, 'encryptDecrypt'),
    );
  }

  /** Announcements that S3 published. @default Sum of a minute */
  metricPublished(options?: MetricOptions): Metric {
    return this.metric('NumberOfMessagesPublished', options);
  }

  /** Announcements that SNS delivered. @default Sum of a minute */
  metricDelivered(options?: MetricOptions): Metric {
    return this.metric('NumberOfNotificationsDelivered', options);
  }

  /** Announcements that SNS could not deliver at first; it tries again. @default Sum of a minute */
  metricFailed(options?: MetricOptions): Metric {
    return this.metric('NumberOfNotificationsFailed', options);
  }

  /** Source: https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
  private metric(metricName: string, options: MetricOptions = {}): Metric {
    return {
      namespace: 'AWS/SNS',
      metricName,
      dimensions: { TopicName: this.topicName },
      statistic: 'Sum',
      period: 60,
      ...options,
    };
  }
}
