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
  const { metadata, intervalMs = 5000, failed, signal } = options;
  let failing = false;
  while (!signal.aborted) {
    try {
      if ((await metadata.read('autoscaling/target-lifecycle-state')) === 'Terminated') return 'terminated';
      if ((await metadata.read('spot/instance-action')) !== undefined) return 'spot-interruption';
      failing = false;
    } catch (error) {
      if (!failing) failed(error);
      failing = true;
    }
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
