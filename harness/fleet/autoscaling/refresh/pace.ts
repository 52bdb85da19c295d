/** Where a refresh stands, in numbers of instances. */
export interface Standing {
  readonly desired: number;
  /** There or on their way, the ones that EC2 was asked for included; leaving ones not. */
  readonly total: number;
  /** In service, and warm if they are new. */
  readonly ready: number;
  /** Still to be replaced. */
  readonly outdated: number;
  /** How many of them may be replaced before the next checkpoint. */
  readonly allowed: number;
}

/** Within which bounds it replaces, in percent of the desired capacity. */
export interface Bounds {
  readonly minHealthy: number;
  /** When it is not said, an instance is terminated and replaced at the same time where the minimum allows nothing. */
  readonly maxHealthy: number | undefined;
}

/** What to do now. */
export interface Batch {
  /** How many outdated instances to terminate; the group launches what it misses by itself. */
  readonly terminate: number;
  /** How many instances to launch over the desired capacity. */
  readonly launch: number;
}

/**
 * How many instances a refresh replaces at once.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html, MinHealthyPercentage and
 * MaxHealthyPercentage
 */
export function pace(standing: Standing, { minHealthy, maxHealthy }: Bounds): Batch {
  const { desired, total, ready, outdated, allowed } = standing;
  const least = Math.ceil((desired * minHealthy) / 100);
  const most = maxHealthy === undefined ? desired : Math.floor((desired * maxHealthy) / 100);
  const extra = Math.max(0, total - desired);
  // What is launched over the desired capacity lets as many go, once it is ready, in addition to what may go at once.
  const terminate = Math.max(0, Math.min(ready - least, allowed, outdated));
  const left = total - terminate;
  const filled = Math.max(left, desired);
  const launch = Math.max(0, Math.min(most - filled, allowed - terminate - extra));
  const isStill = ready === total && total >= desired;
  if (terminate + launch === 0 && isStill && allowed > 0) {
    return maxHealthy === undefined ? { terminate: 1, launch: 0 } : { terminate: 0, launch: 1 };
  }
  return { terminate, launch };
}
