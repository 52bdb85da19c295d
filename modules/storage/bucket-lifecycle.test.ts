import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';

import { type Attributes, Synthesized } from '../testing/synthesized';
import { BucketLifecycle, type LifecycleRules } from './bucket-lifecycle';

const rules = (more: LifecycleRules = {}): Readonly<Record<string, Attributes>> => {
  const stack = Synthesized.from(
    (scope) =>
      new BucketLifecycle(scope, 'lifecycle', {
        bucketId: 'films',
        processedPrefix: 'out/',
        versioning: new SnsTopic(scope, 'in-place-of-versioning', {}),
        ...more,
      }),
  );
  const list = stack.one('aws_s3_bucket_lifecycle_configuration').rule as (Attributes & { id: string })[];
  return Object.fromEntries(list.map((rule) => [rule.id, rule]));
};

describe("a bucket's lifecycle", () => {
  it('deletes the parts of uploads that were never completed after a week', () => {
    expect(rules()['abort-incomplete-uploads']).toMatchObject({
      status: 'Enabled',
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
    });
  });

  it('deletes them after as many days as asked', () => {
    expect(rules({ incompleteUploadDays: 1 })['abort-incomplete-uploads']).toMatchObject({
      abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
    });
  });

  it('deletes replaced versions after 30 days, and the markers that nothing is left under', () => {
    expect(rules()['expire-noncurrent-versions']).toMatchObject({
      status: 'Enabled',
      noncurrent_version_expiration: [{ noncurrent_days: 30 }],
      expiration: [{ expired_object_delete_marker: true }],
    });
  });

  it('deletes replaced versions after as many days as asked', () => {
    expect(rules({ noncurrentVersionDays: 90 })['expire-noncurrent-versions']).toMatchObject({
      noncurrent_version_expiration: [{ noncurrent_days: 90 }],
    });
  });

  it('moves results, and nothing else, to intelligent tiering after 30 days', () => {
    expect(rules()['move-results-to-a-colder-class']).toMatchObject({
      status: 'Enabled',
      filter: [{ prefix: 'out/' }],
      transition: [{ days: 30, storage_class: 'INTELLIGENT_TIERING' }],
    });
  });

  it('moves results to the class that is asked for, when asked', () => {
    expect(
      rules({ processedStorageClass: 'GLACIER_IR', processedTransitionDays: 0 })[
        'move-results-to-a-colder-class'
      ],
    ).toMatchObject({ transition: [{ days: 0, storage_class: 'GLACIER_IR' }] });
  });

  it('leaves results where they are, when asked', () => {
    expect(rules({ processedStorageClass: 'STANDARD' })['move-results-to-a-colder-class']).toBeUndefined();
  });

  it.each<[string, LifecycleRules, string]>([
    ['parts deleted at once', { incompleteUploadDays: 0 }, 'incompleteUploadDays is 0; it must be a whole'],
    [
      'versions deleted while a task may still name them',
      { noncurrentVersionDays: 13 },
      'noncurrentVersionDays is 13; it must be a whole number of days, 14 or more.',
    ],
    [
      'an infrequent-access class before 30 days',
      { processedStorageClass: 'STANDARD_IA', processedTransitionDays: 29 },
      'processedTransitionDays is 29; it must be a whole number of days, 30 or more.',
    ],
    [
      'a class that no browser can read from',
      { processedStorageClass: 'DEEP_ARCHIVE' as 'STANDARD' },
      'processedStorageClass is "DEEP_ARCHIVE"; results must stay readable at once: STANDARD,',
    ],
  ])('refuses %s', (_, more, message) => {
    expect(() => rules(more)).toThrow(message);
  });
});
