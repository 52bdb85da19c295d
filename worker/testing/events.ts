import type { MemoryBucket, ObjectVersion } from '../../testing/s3/bucket';

/** What a test says of a record; the rest is as S3 writes it. */
export interface RecordSpec {
  readonly key: string;
  /** True when `key` is to be taken as it is in the event. @default false: it is encoded as S3 does */
  readonly encoded?: boolean;
  readonly bucket?: string;
  readonly size?: number;
  readonly eTag?: string;
  readonly versionId?: string | undefined;
  readonly sequencer?: string | undefined;
  readonly eventName?: string;
  readonly eventVersion?: string;
  readonly eventSource?: string;
}

/** The body of an S3 event notification, as documented in "Event message structure" of the S3 User Guide. */
export function s3Event(...records: readonly RecordSpec[]): string {
  return JSON.stringify({
    Records: records.map((record) => ({
      eventVersion: record.eventVersion ?? '2.1',
      eventSource: record.eventSource ?? 'aws:s3',
      awsRegion: 'us-east-2',
      eventTime: '2026-01-01T00:00:00.000Z',
      eventName: record.eventName ?? 'ObjectCreated:Put',
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'uploads',
        bucket: { name: record.bucket ?? 'bucket', arn: `arn:aws:s3:::${record.bucket ?? 'bucket'}` },
        object: {
          key: record.encoded === true ? record.key : formEncode(record.key),
          size: record.size ?? 1,
          eTag: record.eTag ?? 'd41d8cd98f00b204e9800998ecf8427e',
          versionId: record.versionId,
          sequencer: record.sequencer,
        },
      },
    })),
  });
}

/** What S3's event says of a version. */
export function recordOf(
  bucket: MemoryBucket,
  { key, versionId, eTag, sequencer, body }: ObjectVersion,
): RecordSpec {
  return {
    bucket: bucket.name,
    key,
    eTag,
    sequencer,
    size: body.size,
    versionId: bucket.versioned ? versionId : undefined,
  };
}

/** The event inside an SNS notification, as a queue without raw message delivery gets it. */
export function snsEnvelope(message: string): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: 'arn:aws:sns:us-east-2:000000000000:uploads',
    Subject: 'Amazon S3 Notification',
    Message: message,
    Timestamp: '2026-01-01T00:00:00.000Z',
  });
}

/** What S3 sends when notifications are configured. */
export function testEvent(): string {
  return JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: '2026-01-01T00:00:00.000Z',
    Bucket: 'bucket',
    RequestId: '5582815E1AEA5ADF',
    HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR',
  });
}

function formEncode(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}
