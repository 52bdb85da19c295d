import { setTimeout as delay } from 'node:timers/promises';
import type { InstanceMetadata } from '../../instance/metadata';

/** AWS recommends to look every 5 seconds. */
export const INTERVAL_MS = 5000;

/** Why this instance goes away. */
export type Departure = 'terminated' | 'spot-interruption';

/** What is wanted of this instance: to work, to wait in the warm pool of its group, or to go. */
export type Target = 'in-service' | 'warmed' | Departure;

export interface WatchOptions {
  /** @default {@link INTERVAL_MS} */
  readonly intervalMs?: number;
  /** Told when a look fails, once for each row of failures. */
  readonly failed: (error: unknown) => void;
  readonly signal: AbortSignal;
}

export interface TargetWatchOptions extends WatchOptions {
  readonly metadata: InstanceMetadata;
}

/**
 * What the group and EC2 want of this instance now. Where no group says anything it is to work.
 *
 * Paths and values: AWS, "Retrieve the target lifecycle state through instance metadata" of the EC2 Auto Scaling User Guide,
 * and "Spot Instance interruption notices" of the EC2 User Guide.
 *
 * @throws Error when the metadata service does not answer.
 */
export async function targetOf(metadata: InstanceMetadata): Promise<Target> {
  const state = (await metadata.read('autoscaling/target-lifecycle-state')) ?? '';
  // Of an instance in the warm pool: Warmed:Terminated.
  if (state.endsWith('Terminated')) return 'terminated';
  if (await hasSpotNotice(metadata)) return 'spot-interruption';
  return state.startsWith('Warmed:') ? 'warmed' : 'in-service';
}

/** Waits until something else is wanted of this instance than now. Undefined when the signal was aborted first. */
export async function nextTarget(now: Target, options: TargetWatchOptions): Promise<Target | undefined> {
  return watch(options, async () => {
    const target = await targetOf(options.metadata);
    return target === now ? undefined : target;
  });
}

/** Waits for a spot interruption notice alone. False when the signal was aborted first. */
export async function spotInterruption(options: TargetWatchOptions): Promise<boolean> {
  const noticed = await watch(options, async () => (await hasSpotNotice(options.metadata)) || undefined);
  return noticed === true;
}

async function hasSpotNotice(metadata: InstanceMetadata): Promise<boolean> {
  return (await metadata.read('spot/instance-action')) !== undefined;
}

/** Looks again and again until there is something to see. Undefined when the signal was aborted first. */
export async function watch<T>(
  { intervalMs = INTERVAL_MS, failed, signal }: WatchOptions,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  let failing = false;
  while (!signal.aborted) {
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
      failing = false;
    } catch (error) {
      if (!failing) failed(error);
      failing = true;
    }
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
