import { z } from 'zod';

/** Which objects a rule of a lifecycle is for. */
export interface Scope {
  /** Empty for every key. */
  readonly prefix: string;
  /** All of which an object must have. */
  readonly tags: ReadonlyMap<string, string>;
  /** In bytes, without the bound itself. */
  readonly largerThan: number;
  readonly smallerThan: number;
}

/** What one rule of a bucket's lifecycle deletes. */
export interface Expiration {
  /** Id of the rule. */
  readonly rule: string;
  /** Current versions, versions that were replaced or deleted, or the parts of uploads that were never completed. */
  readonly of: 'objects' | 'versions' | 'parts';
  readonly scope: Scope;
  /** Days that are waited, or the date on which it begins; `undefined` where that is known only after the apply. */
  readonly time: number | Date | undefined;
  /** So many of the newest replaced versions are kept whatever their age. */
  readonly keeps: number;
}

/** Terraform writes a block as a list of one, and what is not said as null, 0, or not at all. */
const block = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(schema)
    .nullish()
    .transform((blocks) => blocks?.[0]);
const count = z.coerce
  .number()
  .nullish()
  .transform((value) => (value === 0 ? undefined : (value ?? undefined)));
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const sizes = { object_size_greater_than: count, object_size_less_than: count };
const filter = z.object({
  prefix: text,
  ...sizes,
  tag: block(z.object({ key: text, value: text })),
  and: block(z.object({ prefix: text, ...sizes, tags: z.record(z.string(), z.string()).nullish() })),
});

/** Source: the provider's schema of aws_s3_bucket_lifecycle_configuration. */
const rules = z.array(
  z.object({
    id: text,
    status: text,
    prefix: text,
    filter: block(filter),
    expiration: block(
      z.object({
        days: count,
        date: z.string().nullish(),
        expired_object_delete_marker: z.boolean().nullish(),
      }),
    ),
    noncurrent_version_expiration: block(
      z.object({ noncurrent_days: count, newer_noncurrent_versions: count }),
    ),
    abort_incomplete_multipart_upload: block(z.object({ days_after_initiation: count })),
  }),
);
type Rule = z.infer<typeof rules>[number];

/** Source: the provider's schema of aws_s3_bucket, whose `lifecycle_rule` is deprecated. */
const rulesInside = z.array(
  z.object({
    id: text,
    // What is not known yet may be on.
    enabled: z.boolean().default(true),
    prefix: text,
    tags: z.record(z.string(), z.string()).nullish(),
    expiration: z.unknown(),
    noncurrent_version_expiration: block(z.object({ days: count })),
    abort_incomplete_multipart_upload_days: count,
  }),
);

/** The same rules in the other form. */
function moved({ enabled, tags, ...rule }: z.infer<typeof rulesInside>[number]): unknown {
  const versions = rule.noncurrent_version_expiration;
  const parts = rule.abort_incomplete_multipart_upload_days;
  return {
    ...rule,
    status: enabled ? 'Enabled' : 'Disabled',
    filter: [{ and: [{ tags }] }],
    noncurrent_version_expiration: versions && [{ noncurrent_days: versions.days }],
    abort_incomplete_multipart_upload: parts && [{ days_after_initiation: parts }],
  };
}

function scopeOf({ prefix, filter: given }: Rule): Scope {
  const { and, tag } = given ?? {};
  return {
    prefix: (and?.prefix ?? '') || (given?.prefix ?? '') || prefix,
    tags: new Map([
      ...Object.entries(and?.tags ?? {}),
      ...(tag === undefined ? [] : [[tag.key, tag.value] as const]),
    ]),
    largerThan: and?.object_size_greater_than ?? given?.object_size_greater_than ?? 0,
    smallerThan: and?.object_size_less_than ?? given?.object_size_less_than ?? Infinity,
  };
}

/** What the rules inside of an `aws_s3_bucket` delete. */
export function expirationsInside(given: unknown): Expiration[] {
  return expirationsOf(rulesInside.parse(given ?? []).map(moved));
}

/** What the rules of an `aws_s3_bucket_lifecycle_configuration` delete; a disabled rule deletes nothing. */
export function expirationsOf(given: unknown): Expiration[] {
  const enabled = rules.parse(given ?? []).filter(({ status }) => status === 'Enabled');
  return enabled.flatMap((rule): Expiration[] => {
    const {
      expiration,
      noncurrent_version_expiration: versions,
      abort_incomplete_multipart_upload: parts,
    } = rule;
    const common = { rule: rule.id, scope: scopeOf(rule), keeps: 0 };
    const found: Expiration[] = [];
    // A delete marker with no version under it hides nothing any more.
    if (expiration !== undefined && expiration.expired_object_delete_marker !== true) {
      const time = typeof expiration.date === 'string' ? new Date(expiration.date) : expiration.days;
      found.push({ ...common, of: 'objects', time });
    }
    if (versions !== undefined) {
      const keeps = versions.newer_noncurrent_versions ?? 0;
      found.push({ ...common, of: 'versions', time: versions.noncurrent_days, keeps });
    }
    if (parts !== undefined) {
      found.push({ ...common, of: 'parts', time: parts.days_after_initiation });
    }
    return found;
  });
}

function isWithin(inner: Scope, outer: Scope): boolean {
  return (
    inner.prefix.startsWith(outer.prefix) &&
    [...outer.tags].every(([key, value]) => inner.tags.get(key) === value) &&
    inner.largerThan >= outer.largerThan &&
    inner.smallerThan <= outer.smallerThan
  );
}

/** Whether an expiration is about all that another is about, sooner or later. */
export function includes(one: Expiration, other: Expiration): boolean {
  return one.of === other.of && isWithin(other.scope, one.scope);
}

/** Whether an expiration deletes all that another deletes, and no later: the other adds nothing. */
export function covers(one: Expiration, other: Expiration): boolean {
  return (
    includes(one, other) &&
    one.time !== undefined &&
    other.time !== undefined &&
    // A day is no date: what comes first depends on the object.
    typeof one.time === typeof other.time &&
    one.time <= other.time &&
    one.keeps <= other.keeps
  );
}
