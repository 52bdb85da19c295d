import type { Problem } from '../validation';

/** Which new objects are announced. */
export interface NotificationFilters {
  /** Folders below the uploads prefix whose objects are announced. @default the uploads prefix: all of them */
  readonly notificationPrefixes?: readonly string[] | undefined;
  /** Endings of the keys that are announced, each in lower and in upper case. @default every ending */
  readonly notificationSuffixes?: readonly string[] | undefined;
}

/** One filter: S3 announces keys that begin and end so. */
export interface KeyFilter {
  readonly filterPrefix: string;
  readonly filterSuffix?: string;
}

/** S3's limit of notification configurations of a bucket. */
const mostFilters = 100;

/** S3 tells `.mp4` from `.MP4`, cameras and people do not. */
function inBothCases(suffixes: readonly string[]): string[] {
  return [...new Set(suffixes.flatMap((suffix) => [suffix.toLowerCase(), suffix.toUpperCase()]))];
}

/** Every prefix with every suffix in both letter cases. */
export function keyFilters(
  uploadsPrefix: string,
  { notificationPrefixes = [uploadsPrefix], notificationSuffixes }: NotificationFilters,
): KeyFilter[] {
  return notificationPrefixes.flatMap((filterPrefix) =>
    notificationSuffixes === undefined
      ? [{ filterPrefix }]
      : inBothCases(notificationSuffixes).map((filterSuffix) => ({ filterPrefix, filterSuffix })),
  );
}

/** The first two of a list of which one lies in the other. */
function overlap(
  values: readonly string[],
  liesIn: (one: string, other: string) => boolean,
): string | undefined {
  for (const [index, one] of values.entries()) {
    const other = values.find((value, at) => at !== index && liesIn(one, value));
    if (other !== undefined) {
      return `${JSON.stringify(one)} overlaps ${JSON.stringify(other)}, and S3 refuses filters that overlap; keep one of them.`;
    }
  }
  return undefined;
}

function prefixFilterProblem(uploadsPrefix: string, prefixes: readonly string[]): string | undefined {
  const outside = prefixes.filter((prefix) => !prefix.startsWith(uploadsPrefix));
  if (prefixes.length === 0) {
    return 'name at least one prefix, or leave it out for all uploads.';
  }
  if (outside.length > 0) {
    return `${outside.join(', ')} lies outside uploadsPrefix (${JSON.stringify(uploadsPrefix)}), and workers refuse what lies there.`;
  }
  return overlap(prefixes, (one, other) => one.startsWith(other));
}

function suffixFilterProblem(suffixes: readonly string[]): string | undefined {
  if (suffixes.length === 0 || suffixes.includes('')) {
    return 'name at least one suffix, as in ".mp4", or leave it out for every ending.';
  }
  return overlap(
    suffixes.map((suffix) => suffix.toLowerCase()),
    (one, other) => one.endsWith(other),
  );
}

/**
 * S3's rules for filters: none may overlap, and a bucket has up to 100.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export function notificationProblems(uploadsPrefix: string, filters: NotificationFilters): Problem[] {
  const { notificationPrefixes, notificationSuffixes } = filters;
  const wrongPrefix = notificationPrefixes && prefixFilterProblem(uploadsPrefix, notificationPrefixes);
  const wrongSuffix = notificationSuffixes && suffixFilterProblem(notificationSuffixes);
  const problems = [
    { field: 'notificationPrefixes', given: notificationPrefixes, allowed: wrongPrefix },
    { field: 'notificationSuffixes', given: notificationSuffixes, allowed: wrongSuffix },
  ].flatMap(({ allowed, ...problem }) => (allowed === undefined ? [] : [{ ...problem, allowed }]));
  const count = keyFilters(uploadsPrefix, filters).length;
  return problems.length > 0 || count <= mostFilters
    ? problems
    : [
        {
          field: 'notificationSuffixes',
          given: notificationSuffixes,
          allowed: `${count} filters (prefixes × suffixes in two letter cases) are too many: S3 takes ${mostFilters}.`,
        },
      ];
}
