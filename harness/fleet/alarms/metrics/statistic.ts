import { notDoneHere, validationError } from '../../protocol/errors';
import type { Distribution } from './distribution';

/** Makes one number of the values of a period; `undefined` when they do not allow it. */
export type Statistic = (values: Distribution) => number | undefined;

const plain: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

/** Statistics of CloudWatch that are not done here: trimmed and winsorized means, counts, sums, ranks. */
const others = /^(tm|wm|tc|ts|pr|iqm)/i;

/** The value that `percent` of all values do not exceed. A statistic set has percentiles only when all its values are alike. */
function percentile(percent: number): Statistic {
  return ({ count, min, max, values }) => {
    if (min === max) {
      return min;
    }
    if (values === undefined) {
      return undefined;
    }
    const rank = Math.max(1, Math.ceil((percent / 100) * count));
    let seen = 0;
    for (const [value, times] of [...values].sort(([a], [b]) => a - b)) {
      seen += times;
      if (seen >= rank) {
        return value;
      }
    }
    return max;
  };
}

/**
 * The statistic of a name: `Average`, `p99.9`.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 *
 * @throws ServiceError for one that is not known, or not done here.
 */
export function statistic(name: string): Statistic {
  const known = Object.hasOwn(plain, name) ? plain[name] : undefined;
  if (known !== undefined) {
    return known;
  }
  const percent = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1];
  if (percent !== undefined) {
    return percentile(Number(percent));
  }
  if (others.test(name)) {
    throw notDoneHere(
      `cloudwatch: the statistic ${name}; done are ${Object.keys(plain).join(', ')}, p0 to p100: it`,
    );
  }
  throw validationError(
    `The value ${name} for parameter Statistic is invalid; it must be one of ${Object.keys(plain).join(', ')}, or a percentile such as p95.`,
  );
}
