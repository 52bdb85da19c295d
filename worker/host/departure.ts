import { setTimeout as delay } from 'node:timers/promises';
import type { InstanceMetadata } from '../../instance/metadata';

/** Why this instance goes away. */
export type Departure = 'terminated' | 'spot-interruption';

export interface DepartureWatchOptions {
  readonly metadata: InstanceMetadata;
  /** AWS recommends to look every 5 seconds. @default 5000 */
  readonly intervalMs?: number;
  /** Told when the metadata service fails, once for each row of failures. */
  readonly failed: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/**
 * Waits until the group or EC2 takes this instance: the target lifecycle state becomes `Terminated`, or a spot
 * interruption notice appears. Undefined when the signal was aborted first.
 *
 * Paths: AWS, "Retrieve the target lifecycle state through instance metadata" of the EC2 Auto Scaling User Guide, and
 * "Spot Instance interruption notices" of the EC2 User Guide.
 */
export async function departureOf(options: DepartureWatchOptions): Promise<Departure | undefined> {
  const { metadata } = options;
  return watch(options, async () => {
    if ((await metadata.read('autoscaling/target-lifecycle-state')) === 'Terminated') return 'terminated';
    return (await hasSpotNotice(metadata)) ? 'spot-interruption' : undefined;
  });
}

/** Waits for a spot interruption notice alone. False when the signal was aborted first. */
export async function spotInterruption(options: DepartureWatchOptions): Promise<boolean> {
  const noticed = await watch(options, async () => (await hasSpotNotice(options.metadata)) || undefined);
  return noticed === true;
}

async function hasSpotNotice(metadata: InstanceMetadata): Promise<boolean> {
  return (await metadata.read('spot/instance-action')) !== undefined;
}

/** Looks again and again until there is something to see. */
async function watch<T>(
  { intervalMs = 5000, failed, signal }: DepartureWatchOptions,
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
