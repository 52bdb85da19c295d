import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';

import { policyDocument, tlsOnly } from '../policy-document';
import { type Problem, refuse } from '../validation';

/** Settings of an {@link AlarmTopic}. */
export interface AlarmTopicProps {
  /** Name of the topic. */
  readonly topicName: string;
  /** Who is told; SNS asks there for a confirmation first. */
  readonly alarmEmail: string;
  /** Id of the AWS account whose alarms may tell. */
  readonly accountId: string;
  /** Customer-managed KMS key that encrypts what is told; its policy must let CloudWatch use it. @default none */
  readonly encryptionKeyArn?: string | undefined;
}

/** Where alarms tell a person. */
export class AlarmTopic extends Construct {
  readonly arn: string;
  /** The provider's resources, for `addOverride`. */
  readonly resources: {
    readonly topic: SnsTopic;
    readonly policy: SnsTopicPolicy;
    readonly subscription: SnsTopicSubscription;
  };

  /** @throws ValidationError for what is no address. */
  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const { topicName, alarmEmail, accountId, encryptionKeyArn } = props;
    refuse(emailProblems(alarmEmail));
    const topic = new SnsTopic(this, 'topic', {
      name: topicName,
      ...(encryptionKeyArn === undefined ? {} : { kmsMasterKeyId: encryptionKeyArn }),
    });
    const policy = new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: policyDocument(
        {
          Sid: 'AllowAlarms',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: topic.arn,
          Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
        },
        tlsOnly('sns:Publish', topic.arn),
      ),
    });
    const subscription = new SnsTopicSubscription(this, 'email', {
      topicArn: topic.arn,
      protocol: 'email',
      endpoint: alarmEmail,
    });
    this.arn = topic.arn;
    this.resources = { topic, policy, subscription };
  }
}

/** An address, as far as a typing mistake shows. */
export function emailProblems(given: string): Problem[] {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(given)
    ? []
    : [{ field: 'alarmEmail', given, allowed: 'an address looks like "operators@films.example".' }];
}
