import {
  type Expiration,
  type Scope,
  covers,
  expirationsInside,
  expirationsOf,
  includes,
} from '../expirations';
import type { Finding, Rule, Severity } from '../finding';
import type { Plan, ResourceChange } from '../plan';
import { isVersioned } from './data';

interface Words {
  readonly severity: Severity;
  /** What is deleted, of those that the scope names. */
  readonly what: (scope: string) => string;
  /** From when on the days are counted. */
  readonly since: string;
}

const words: Readonly<Record<Expiration['of'], Words>> = {
  objects: {
    severity: 'critical',
    what: (scope) => `every object${scope}`,
    since: 'after it was written',
  },
  versions: {
    severity: 'warning',
    what: (scope) => `every version${scope} that was replaced or deleted`,
    since: 'after that',
  },
  parts: {
    severity: 'notice',
    what: (scope) => `every upload in parts${scope} that is not completed`,
    since: 'after it began',
  },
};

function describeScope({ prefix, tags, largerThan, smallerThan }: Scope): string {
  const tagged = [...tags].map(([key, value]) => `${key}=${value}`).join(' and ');
  const sized = [
    ...(largerThan === 0 ? [] : [`more than ${largerThan} bytes`]),
    ...(smallerThan === Infinity ? [] : [`less than ${smallerThan} bytes`]),
  ].join(' and ');
  return [
    prefix === '' ? '' : ` under ${prefix}`,
    tagged === '' ? '' : ` with the tag ${tagged}`,
    sized === '' ? '' : ` of ${sized}`,
  ].join('');
}

function describeTime({ time, of, keeps }: Expiration): string {
  const kept = keeps === 0 ? '' : `, but for the newest ${keeps}`;
  if (time instanceof Date) {
    return `on ${time.toISOString().slice(0, 10)}${kept}`;
  }
  return time === undefined
    ? `after a time that is known only after the apply${kept}`
    : `${time} ${time === 1 ? 'day' : 'days'} ${words[of].since}${kept}`;
}

/**
 * What a new or tighter expiration deletes, when, and how to keep it.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
function describe(expiration: Expiration, before: Expiration | undefined, keepsVersions: boolean): string {
  const { of, rule, scope } = expiration;
  const what = words[of].what(describeScope(scope));
  const sofar = before === undefined ? 'it was kept so far' : `so far ${describeTime(before)}`;
  const old = expiration.time instanceof Date ? '' : ' What is as old already goes at the next midnight UTC.';
  const undo =
    of === 'objects' && keepsVersions
      ? ' The bucket keeps versions: it can be brought back until its version expires as well.'
      : '';
  const named = rule === '' ? 'a rule without an id' : `rule ${rule}`;
  const keep = before === undefined ? 'disable the rule or narrow its filter' : 'leave the rule as it was';
  return `S3 deletes ${what} ${describeTime(expiration)} (${named}); ${sofar}.${old}${undo} To keep it, ${keep}.`;
}

/** A bucket that is made by the same plan holds nothing yet. */
function isOfNewBucket({ unknown, after }: ResourceChange, { changes }: Plan): boolean {
  return (
    unknown.has('bucket') ||
    changes.some(
      ({ type, action, after: made }) =>
        type === 'aws_s3_bucket' &&
        (action === 'create' || action === 'replace') &&
        made?.bucket === after?.bucket,
    )
  );
}

function keepsVersions(bucket: unknown, { resources }: Plan): boolean {
  const ofBucket = resources.filter(({ before, after }) => (before?.bucket ?? after?.bucket) === bucket);
  const own = ofBucket.filter(({ type }) => type === 'aws_s3_bucket_versioning');
  // What the bucket itself says is how it was at the last refresh, where a resource of its own changes it.
  return own.length > 0
    ? own.some(({ after }) => isVersioned(after?.versioning_configuration))
    : ofBucket.some(({ type, after }) => type === 'aws_s3_bucket' && isVersioned(after?.versioning));
}

/** Where a resource has its rules, and what these delete. */
interface Lifecycle {
  readonly attribute: string;
  readonly read: (rules: unknown) => Expiration[];
}

const lifecycles: Readonly<Record<string, Lifecycle>> = {
  aws_s3_bucket_lifecycle_configuration: { attribute: 'rule', read: expirationsOf },
  aws_s3_bucket: { attribute: 'lifecycle_rule', read: expirationsInside },
};

function found(
  change: ResourceChange,
  { attribute, read }: Lifecycle,
  plan: Plan,
): Omit<Finding, 'topic' | 'address'>[] {
  const { before, after, unknown } = change;
  if (after?.[attribute] === undefined && unknown.has(attribute)) {
    const text = 'what S3 will delete by itself cannot be read before the apply.';
    return [{ severity: 'warning', text }];
  }
  const bucket = after?.bucket;
  const known = before?.bucket === bucket ? read(before?.[attribute]) : [];
  return read(after?.[attribute])
    .filter((expiration) => !known.some((one) => covers(one, expiration)))
    .map((expiration) => {
      const earlier = known.find((one) => includes(one, expiration));
      return {
        severity: words[expiration.of].severity,
        text: describe(expiration, earlier, keepsVersions(bucket, plan)),
      };
    });
}

/** What S3 deletes by itself from now on, or sooner than before, though nothing is destroyed. */
export const expiry: Rule = ({ plan }) =>
  plan.changes.flatMap((change): Finding[] => {
    const lifecycle = lifecycles[change.type];
    return lifecycle === undefined || change.after === undefined || isOfNewBucket(change, plan)
      ? []
      : found(change, lifecycle, plan).map((one) => ({ ...one, topic: 'data', address: change.address }));
  });
