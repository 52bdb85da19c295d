import { type Planned, lines, reviewOf, update } from '../testing/plan';

describe('what loses data', () => {
  it.each<[string, Planned, string]>([
    [
      'a queue that is destroyed',
      { type: 'aws_sqs_queue', before: { name: 'tasks' } },
      'critical aws_sqs_queue.one: is destroyed: every task that still waits in it is lost.',
    ],
    [
      'a queue that is renamed',
      { type: 'aws_sqs_queue', before: { name: 'a' }, after: { name: 'b' }, replacedFor: ['name'] },
      'critical aws_sqs_queue.one: is destroyed and made anew for a new name: every task that still waits in it is lost.',
    ],
    [
      'a bucket that may not be deleted while it holds something',
      { type: 'aws_s3_bucket', before: { force_destroy: false } },
      'critical aws_s3_bucket.one: is destroyed: S3 refuses while it holds an object, and the apply stops there; emptied, all of it is lost.',
    ],
    [
      'a bucket that is deleted with all it holds',
      { type: 'aws_s3_bucket', before: { force_destroy: true } },
      'critical aws_s3_bucket.one: is destroyed: every object and every version in it is deleted (force_destroy is on).',
    ],
    [
      'a bucket that may be deleted from now on',
      update('aws_s3_bucket', { force_destroy: false }, { force_destroy: true }),
      'warning aws_s3_bucket.one: from now on a destroy deletes every object in it; leave it off, and empty the bucket by hand when it is to go.',
    ],
    [
      'tasks that are kept for a shorter time',
      update('aws_sqs_queue', { message_retention_seconds: 1_209_600 }, { message_retention_seconds: 60 }),
      'warning aws_sqs_queue.one: a message that was sent more than 60 s ago is deleted (so far 1209600 s), also one that waits now, within 15 minutes; to keep those, drain the queue first, a dead-letter queue by a redrive.',
    ],
    [
      'versions that are no longer kept',
      update(
        'aws_s3_bucket_versioning',
        { versioning_configuration: [{ status: 'Enabled' }] },
        { versioning_configuration: [{ status: 'Suspended' }] },
      ),
      'warning aws_s3_bucket_versioning.one: an object that is overwritten or deleted from now on cannot be brought back; the versions that are there stay.',
    ],
    [
      'versions that are no longer kept, as the bucket itself says',
      update('aws_s3_bucket', { versioning: [{ enabled: true }] }, { versioning: [{ enabled: false }] }),
      'warning aws_s3_bucket.one: an object that is overwritten or deleted from now on cannot be brought back; the versions that are there stay.',
    ],
    [
      'a load balancer that may be deleted',
      update('aws_lb', { enable_deletion_protection: true }, { enable_deletion_protection: false }),
      'warning aws_lb.one: it can be deleted from now on; leave it protected until it is to go.',
    ],
    [
      'a database that may be deleted',
      update('aws_db_instance', { deletion_protection: true }, { deletion_protection: false }),
      'warning aws_db_instance.one: it can be deleted from now on; leave it protected until it is to go.',
    ],
    [
      'a database that leaves no snapshot behind',
      update('aws_db_instance', { skip_final_snapshot: false }, { skip_final_snapshot: true }),
      'warning aws_db_instance.one: from now on a destroy takes no final snapshot, and its data is lost.',
    ],
    [
      'a key that is disabled',
      update('aws_kms_key', { is_enabled: true }, { is_enabled: false }),
      'warning aws_kms_key.one: what is encrypted with it cannot be read until it is enabled again.',
    ],
    [
      'logs that are no longer kept for ever',
      update('aws_cloudwatch_log_group', { retention_in_days: 0 }, { retention_in_days: 7 }),
      'warning aws_cloudwatch_log_group.one: logs of more than 7 days ago are deleted (so far kept for ever); to keep them, export them first.',
    ],
    [
      'a queue without a dead-letter queue',
      update('aws_sqs_queue', { redrive_policy: '{"maxReceiveCount":3}' }, { redrive_policy: '' }),
      'warning aws_sqs_queue.one: a task that cannot be done is received again and again, until its retention is over: there is no dead-letter queue any more.',
    ],
    [
      'a subscription without a dead-letter queue',
      update('aws_sns_topic_subscription', { redrive_policy: '{}' }, { redrive_policy: null }),
      'warning aws_sns_topic_subscription.one: what SNS cannot deliver is lost: there is no dead-letter queue any more.',
    ],
  ])('tells of %s', (_, planned, line) => {
    expect(lines(reviewOf(planned))).toEqual([line]);
  });

  it.each<[string, Planned]>([
    [
      'tasks that are kept for longer',
      update('aws_sqs_queue', { message_retention_seconds: 60 }, { message_retention_seconds: 61 }),
    ],
    [
      'a queue that gets a dead-letter queue',
      update('aws_sqs_queue', { redrive_policy: '' }, { redrive_policy: '{"maxReceiveCount":3}' }),
    ],
    [
      'logs that are kept for ever',
      update('aws_cloudwatch_log_group', { retention_in_days: 7 }, { retention_in_days: 0 }),
    ],
    [
      'versions that are kept from now on',
      update(
        'aws_s3_bucket_versioning',
        { versioning_configuration: [{ status: 'Suspended' }] },
        { versioning_configuration: [{ status: 'Enabled' }] },
      ),
    ],
    [
      'versions that are kept, and deleted with a second factor only',
      update(
        'aws_s3_bucket_versioning',
        { versioning_configuration: [{ status: 'Enabled', mfa_delete: '' }] },
        { versioning_configuration: [{ status: 'Enabled', mfa_delete: 'Enabled' }] },
      ),
    ],
    [
      'a load balancer that is protected',
      update('aws_lb', { enable_deletion_protection: false }, { enable_deletion_protection: true }),
    ],
    [
      'a bucket that is no longer deleted with what is in it',
      update('aws_s3_bucket', { force_destroy: true }, { force_destroy: false }),
    ],
    ['a new bucket', { type: 'aws_s3_bucket', after: { force_destroy: true } }],
  ])('finds nothing in %s', (_, planned) => {
    expect(reviewOf(planned).findings).toEqual([]);
  });
});
