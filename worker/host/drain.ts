import type { Logger } from '../../instance/logger';
import { departureOf, spotInterruption } from './departure';
import { drainUnderHook } from './lifecycle-hook';
import type { InstanceMetadata } from '../../instance/metadata';

/** A spot instance has two minutes from the notice on. */
const SPOT_DRAIN_SECONDS = 90;

export interface DrainOptions {
  readonly region: string;
  readonly autoScalingGroupName: string;
  readonly lifecycleHookName: string | undefined;
  /** How long tasks may go on when the group takes the instance: it waits as long as the heartbeats come. */
  readonly terminationDrainSeconds: number;
  readonly metadata: InstanceMetadata;
  /** Stops the consumer. */
  readonly stop: (limit: { readonly drainSeconds: number }) => Promise<void>;
  readonly log: Logger;
  /** Aborts when nobody cares any more, because the worker stops for another reason. */
  readonly signal: AbortSignal;
}

/**
 * Waits until this instance is taken away, then drains it. A group that terminates it waits (lifecycle hook) until the
 * drain is over. Never rejects.
 */
export async function drainOnDeparture(options: DrainOptions): Promise<void> {
  const { lifecycleHookName, terminationDrainSeconds, metadata, stop, log, signal } = options;
  const failed = (err: unknown): void => {
    log.warn({ err }, 'instance metadata cannot be read: the end of this instance would go unnoticed');
  };
  const departure = await departureOf({ metadata, signal, failed });
  if (departure === undefined) return;
  log.info({ departure }, 'this instance is taken away: draining');
  if (departure === 'spot-interruption' || lifecycleHookName === undefined) {
    await stop({ drainSeconds: SPOT_DRAIN_SECONDS });
    return;
  }
  const drained = new AbortController();
  const drain = async (): Promise<void> => {
    // Capacity rebalancing drains a spot instance early; EC2 may take it all the same before the drain is over.
    const untilDrained = AbortSignal.any([signal, drained.signal]);
    const interrupted = spotInterruption({ metadata, failed, signal: untilDrained }).then(async (noticed) => {
      if (noticed) await stop({ drainSeconds: SPOT_DRAIN_SECONDS });
    });
    await stop({ drainSeconds: terminationDrainSeconds }).finally(() => {
      drained.abort();
    });
    await interrupted;
  };
  try {
    await drainUnderHook({ ...options, lifecycleHookName }, metadata, drain, (err) => {
      log.warn({ err }, 'the group could not be told that the drain goes on');
    });
    log.info({ lifecycleHookName }, 'drained: the group may terminate this instance');
  } catch (err) {
    log.error(
      { err },
      "drained, but the lifecycle action could not be completed: the hook's timeout will end it",
    );
  }
}
