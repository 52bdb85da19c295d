import { type Planned, lines, reviewOf, update } from '../testing/plan';

const type = 'aws_s3_bucket_lifecycle_configuration';

/** A rule as Terraform writes it. */
const rule = (more: object): object => ({
  id: 'tidy',
  status: 'Enabled',
  prefix: '',
  filter: [{ prefix: '', object_size_greater_than: null, object_size_less_than: null, and: [], tag: [] }],
  expiration: [],
  noncurrent_version_expiration: [],
  abort_incomplete_multipart_upload: [],
  ...more,
});
const under = (prefix: string): object => ({ filter: [{ prefix, and: [], tag: [] }] });
const after = (days: number): object => ({
  expiration: [{ days, date: null, expired_object_delete_marker: false }],
});
const noncurrent = (noncurrent_days: number, newer_noncurrent_versions: number | null = null): object => ({
  noncurrent_version_expiration: [{ noncurrent_days, newer_noncurrent_versions }],
});
const ruled = (before: readonly object[], changed: readonly object[]): Planned =>
  update(type, { bucket: 'films', rule: before }, { rule: changed });

describe('what S3 deletes by itself', () => {
  it.each<[string, Planned, string]>([
    [
      'a rule that expires uploads',
      ruled([], [rule({ ...under('uploads/'), ...after(30) })]),
      'critical X: S3 deletes every object under uploads/ 30 days after it was written (rule tidy); it was kept so far. What is as old already goes at the next midnight UTC. To keep it, disable the rule or narrow its filter.',
    ],
    [
      'a first configuration of a bucket that stands',
      { type, after: { bucket: 'films', rule: [rule(after(1))] } },
      'critical X: S3 deletes every object 1 day after it was written (rule tidy); it was kept so far. What is as old already goes at the next midnight UTC. To keep it, disable the rule or narrow its filter.',
    ],
    [
      'a shorter expiration',
      ruled([rule(after(90))], [rule(after(30))]),
      'critical X: S3 deletes every object 30 days after it was written (rule tidy); so far 90 days after it was written. What is as old already goes at the next midnight UTC. To keep it, leave the rule as it was.',
    ],
    [
      'an expiration on a date',
      ruled([], [rule({ expiration: [{ days: 0, date: '2027-01-01T00:00:00Z' }] })]),
      'critical X: S3 deletes every object on 2027-01-01 (rule tidy); it was kept so far. To keep it, disable the rule or narrow its filter.',
    ],
    [
      'an expiration that is known only after the apply',
      ruled([], [rule({ expiration: [{ date: null }] })]),
      'critical X: S3 deletes every object after a time that is known only after the apply (rule tidy); it was kept so far. What is as old already goes at the next midnight UTC. To keep it, disable the rule or narrow its filter.',
    ],
    [
      'an expiration by size and tags',
      ruled(
        [],
        [
          rule({
            filter: [
              {
                prefix: '',
                tag: [],
                and: [
                  {
                    prefix: 'processed/',
                    tags: { kind: 'raw', keep: 'no' },
                    object_size_greater_than: 10,
                    object_size_less_than: 20,
                  },
                ],
              },
            ],
            ...after(2),
          }),
        ],
      ),
      'critical X: S3 deletes every object under processed/ with the tag kind=raw and keep=no of more than 10 bytes and less than 20 bytes 2 days after it was written (rule tidy); it was kept so far. What is as old already goes at the next midnight UTC. To keep it, disable the rule or narrow its filter.',
    ],
    [
      'an expiration of another tag',
      ruled(
        [rule({ filter: [{ tag: [{ key: 'kind', value: 'raw' }] }], ...after(2) })],
        [rule({ filter: [{ tag: [{ key: 'kind', value: 'cut' }] }], ...after(2) })],
      ),
      'critical X: S3 deletes every object with the tag kind=cut 2 days after it was written (rule tidy); it was kept so far. What is as old already goes at the next midnight UTC. To keep it, disable the rule or narrow its filter.',
    ],
    [
      'a rule that is enabled',
      ruled([rule({ status: 'Disabled', ...after(2) })], [rule(after(2))]),
      'critical X: S3 deletes every object 2 days after it was written (rule tidy); it was kept so far. What is as old already goes at the next midnight UTC. To keep it, disable the rule or narrow its filter.',
    ],
    [
      'a wider prefix',
      ruled(
        [rule({ ...under('processed/old/'), ...after(2) })],
        [rule({ ...under('processed/'), ...after(2) })],
      ),
      'critical X: S3 deletes every object under processed/ 2 days after it was written (rule tidy); it was kept so far. What is as old already goes at the next midnight UTC. To keep it, disable the rule or narrow its filter.',
    ],
    [
      'versions that are kept for a shorter time',
      ruled([rule(noncurrent(30))], [rule(noncurrent(14))]),
      'warning X: S3 deletes every version that was replaced or deleted 14 days after that (rule tidy); so far 30 days after that. What is as old already goes at the next midnight UTC. To keep it, leave the rule as it was.',
    ],
    [
      'fewer versions that are kept',
      ruled([rule(noncurrent(30, 5))], [rule(noncurrent(30, 2))]),
      'warning X: S3 deletes every version that was replaced or deleted 30 days after that, but for the newest 2 (rule tidy); so far 30 days after that, but for the newest 5. What is as old already goes at the next midnight UTC. To keep it, leave the rule as it was.',
    ],
    [
      'uploads in parts that have less time',
      ruled(
        [rule({ abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }] })],
        [rule({ abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }] })],
      ),
      'notice X: S3 deletes every upload in parts that is not completed 1 day after it began (rule tidy); so far 7 days after it began. What is as old already goes at the next midnight UTC. To keep it, leave the rule as it was.',
    ],
    [
      'rules that are known only after the apply',
      { type, before: { bucket: 'films', rule: [] }, after: { bucket: 'films' }, unknown: { rule: true } },
      'warning X: what S3 will delete by itself cannot be read before the apply.',
    ],
  ])('is told of %s', (_, planned, line) => {
    expect(lines(reviewOf(planned))).toEqual([line.replace('X', `${type}.one`)]);
  });

  it('is told to be there for a while where the bucket keeps versions', () => {
    const versioning = { bucket: 'films', versioning_configuration: [{ status: 'Enabled' }] };
    const kept = { type: 'aws_s3_bucket_versioning', before: versioning, after: versioning };
    expect(lines(reviewOf(ruled([], [rule(after(30))]), kept))).toEqual([
      expect.stringContaining(
        'The bucket keeps versions: it can be brought back until its version expires as well.',
      ),
    ]);
  });

  it.each<[string, unknown]>([
    ['suspends its versioning', [{ status: 'Suspended' }]],
    ['takes its versioning away', undefined],
  ])('is not told to be there for a while where the same plan %s', (_, configuration) => {
    const [versioning, bucket] = [{ bucket: 'films' }, { bucket: 'films', versioning: [{ enabled: true }] }];
    const changed = {
      type: 'aws_s3_bucket_versioning',
      before: { ...versioning, versioning_configuration: [{ status: 'Enabled' }] },
      ...(configuration !== undefined && {
        after: { ...versioning, versioning_configuration: configuration },
      }),
    };
    // As the last refresh found it.
    const unchanged = { type: 'aws_s3_bucket', before: bucket, after: bucket };
    expect(lines(reviewOf(ruled([], [rule(after(30))]), changed, unchanged)).join()).not.toContain(
      'keeps versions',
    );
  });

  it.each<[string, Planned]>([
    ['a longer expiration', ruled([rule(after(30))], [rule(after(90))])],
    ['a rule that is taken away', ruled([rule(after(30))], [])],
    ['a configuration that is destroyed', { type, before: { bucket: 'films', rule: [rule(after(30))] } }],
    ['a rule that is disabled', ruled([rule(after(30))], [rule({ status: 'Disabled', ...after(30) })])],
    ['a rule of another name', ruled([rule(after(30))], [rule({ id: 'other', ...after(30) })])],
    [
      'a narrower rule beside one that deletes as much',
      ruled([rule(after(30))], [rule(after(30)), rule({ ...under('uploads/'), ...after(40) })]),
    ],
    [
      'delete markers that hide nothing',
      ruled([], [rule({ expiration: [{ days: 0, date: null, expired_object_delete_marker: true }] })]),
    ],
    ['a colder class', ruled([], [rule({ transition: [{ days: 30, storage_class: 'STANDARD_IA' }] })])],
    ['more versions that are kept', ruled([rule(noncurrent(30, 2))], [rule(noncurrent(30, 5))])],
    [
      'a bucket whose name is not known yet',
      { type, after: { rule: [rule(after(1))] }, unknown: { bucket: true } },
    ],
  ])('finds nothing in %s', (_, planned) => {
    expect(reviewOf(planned).findings).toEqual([]);
  });

  it('finds nothing in the rules of a bucket that the same plan makes, and all of one that is given another bucket', () => {
    const made: Planned = { type: 'aws_s3_bucket', after: { bucket: 'films' } };
    const rules: Planned = { type, after: { bucket: 'films', rule: [rule(after(1))] } };
    expect(reviewOf(made, rules).findings).toEqual([]);
    const moved = { bucket: 'films', rule: [rule(after(1))] };
    const given: Planned = {
      type,
      before: { ...moved, bucket: 'notes' },
      after: moved,
      replacedFor: ['bucket'],
    };
    expect(lines(reviewOf(given))).toHaveLength(1);
  });
});

describe('what S3 deletes by rules inside of a bucket', () => {
  /** A rule as Terraform writes it. */
  const inside = (more: object): object => ({
    id: 'tidy',
    enabled: true,
    prefix: '',
    tags: null,
    expiration: [],
    noncurrent_version_expiration: [],
    abort_incomplete_multipart_upload_days: 0,
    ...more,
  });
  const given = (before: readonly object[], changed: readonly object[], more: object = {}): Planned =>
    update(
      'aws_s3_bucket',
      { bucket: 'films', ...more, lifecycle_rule: before },
      { lifecycle_rule: changed },
    );
  const old = 'What is as old already goes at the next midnight UTC.';

  it.each<[string, Planned, string]>([
    [
      'a rule that expires uploads',
      given([], [inside({ prefix: 'uploads/', ...after(30) })]),
      `critical X: S3 deletes every object under uploads/ 30 days after it was written (rule tidy); it was kept so far. ${old} To keep it, disable the rule or narrow its filter.`,
    ],
    [
      'a rule for some tags, without an id yet',
      given([], [inside({ id: null, tags: { kind: 'raw', keep: 'no' }, ...after(1) })]),
      `critical X: S3 deletes every object with the tag kind=raw and keep=no 1 day after it was written (a rule without an id); it was kept so far. ${old} To keep it, disable the rule or narrow its filter.`,
    ],
    [
      'a rule that is enabled',
      given([inside({ enabled: false, ...after(2) })], [inside(after(2))]),
      `critical X: S3 deletes every object 2 days after it was written (rule tidy); it was kept so far. ${old} To keep it, disable the rule or narrow its filter.`,
    ],
    [
      'versions that are kept for a shorter time',
      given(
        [inside({ noncurrent_version_expiration: [{ days: 30 }] })],
        [inside({ noncurrent_version_expiration: [{ days: 14 }] })],
      ),
      `warning X: S3 deletes every version that was replaced or deleted 14 days after that (rule tidy); so far 30 days after that. ${old} To keep it, leave the rule as it was.`,
    ],
    [
      'uploads in parts that have less time',
      given(
        [inside({ abort_incomplete_multipart_upload_days: 7 })],
        [inside({ abort_incomplete_multipart_upload_days: 1 })],
      ),
      `notice X: S3 deletes every upload in parts that is not completed 1 day after it began (rule tidy); so far 7 days after it began. ${old} To keep it, leave the rule as it was.`,
    ],
    [
      'a rule of a bucket that keeps versions',
      given([], [inside(after(30))], { versioning: [{ enabled: true }] }),
      `critical X: S3 deletes every object 30 days after it was written (rule tidy); it was kept so far. ${old} The bucket keeps versions: it can be brought back until its version expires as well. To keep it, disable the rule or narrow its filter.`,
    ],
  ])('is told of %s', (_, planned, line) => {
    expect(lines(reviewOf(planned))).toEqual([line.replace('X', 'aws_s3_bucket.one')]);
  });

  it.each<[string, Planned]>([
    ['a longer expiration', given([inside(after(30))], [inside(after(90))])],
    ['a rule that is disabled', given([inside(after(30))], [inside({ enabled: false, ...after(30) })])],
    ['rules that are known only after the apply to a new bucket', { type: 'aws_s3_bucket', after: {} }],
    [
      'a new bucket',
      { type: 'aws_s3_bucket', after: { bucket: 'films', lifecycle_rule: [inside(after(1))] } },
    ],
    [
      'another change of a bucket',
      update(
        'aws_s3_bucket',
        { bucket: 'films', lifecycle_rule: [inside(after(1))], tags: {} },
        { tags: { Team: 'films' } },
      ),
    ],
  ])('finds nothing in %s', (_, planned) => {
    expect(reviewOf(planned).findings).toEqual([]);
  });

  it('finds nothing in the rules of a bucket that is made anew: what was in the old one is told of', () => {
    const ruled = { bucket: 'notes', lifecycle_rule: [inside(after(1))] };
    const anew: Planned = {
      type: 'aws_s3_bucket',
      before: { bucket: 'films' },
      after: ruled,
      replacedFor: ['bucket'],
    };
    expect(lines(reviewOf(anew))).toEqual([
      expect.stringContaining('is destroyed and made anew for a new bucket: S3 refuses while it holds'),
    ]);
  });
});
