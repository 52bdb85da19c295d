import type { PolicyStatement } from '../policy-document';
import { Synthesized, statements } from '../testing/synthesized';
import { UploadTopic, type UploadTopicProps } from './upload-topic';

const synthesize = (more: Partial<UploadTopicProps> = {}): Synthesized<UploadTopic> =>
  Synthesized.from(
    (scope) =>
      new UploadTopic(scope, 'topic', {
        topicName: 'uploads',
        bucketArn: 'arn:aws:s3:::films',
        accountId: '111122223333',
        ...more,
      }),
  );

describe('an upload topic', () => {
  it('lets the one bucket of the one account publish, over TLS only', () => {
    const stack = synthesize();
    const topicArn = stack.reference(stack.built.arn);
    expect(statements(stack.one('aws_sns_topic_policy').policy)).toEqual({
      AllowBucket: {
        Sid: 'AllowBucket',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: topicArn,
        Condition: {
          ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::films' },
          StringEquals: { 'aws:SourceAccount': '111122223333' },
        },
      },
      DenyInsecureTransport: {
        Sid: 'DenyInsecureTransport',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: topicArn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    });
  });

  it("has no key, since S3 could not use one of AWS's", () => {
    expect(synthesize().one('aws_sns_topic').kms_master_key_id).toBeUndefined();
  });

  it('is encrypted by the key that is given', () => {
    expect(synthesize({ encryptionKeyArn: 'arn:key' }).one('aws_sns_topic').kms_master_key_id).toBe(
      'arn:key',
    );
  });

  it('grants to announce uploads, and the use of its key where it has one', () => {
    const granted = (more: Partial<UploadTopicProps> = {}): PolicyStatement[] => {
      const statements: PolicyStatement[] = [];
      synthesize(more).built.grantPublish({ grant: (...all) => statements.push(...all) });
      return statements;
    };
    const publish = expect.objectContaining({ Sid: 'AnnounceUploads', Action: 'sns:Publish' }) as unknown;
    expect(granted()).toEqual([publish]);
    expect(granted({ encryptionKeyArn: 'arn:key' })).toEqual([
      publish,
      { Sid: 'EncryptAnnouncements', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: 'arn:key' },
    ]);
  });

  it('knows its metrics', () => {
    const { built } = synthesize();
    expect(built.metricPublished()).toEqual({
      namespace: 'AWS/SNS',
      metricName: 'NumberOfMessagesPublished',
      dimensions: { TopicName: 'uploads' },
      statistic: 'Sum',
      period: 60,
    });
    expect(built.metricDelivered({ period: 300 })).toMatchObject({
      metricName: 'NumberOfNotificationsDelivered',
      period: 300,
    });
    expect(built.metricFailed()).toMatchObject({
      metricName: 'NumberOfNotificationsFailed',
      dimensions: { TopicName: 'uploads' },
    });
  });
});
