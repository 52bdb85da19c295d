import type { Logger } from '../../instance/logger';
import type { InstanceMetadata } from '../../instance/metadata';
import { completeLaunch, drainUnderHook } from './lifecycle-hook';
import { INTERVAL_MS, nextTarget, spotInterruption, watch, type Departure, type Target } from './target';

/** A spot instance has two minutes from the notice on. */
const SPOT_DRAIN_SECONDS = 90;

/** How often an instance in the warm pool looks whether it is to work: it is there to be quick. */
const WARMED_INTERVAL_MS = 1000;

/** A group may begin to wait for an instance a moment after the instance knows of it. */
const LAUNCH_PATIENCE_MS = 120_000;

/** What the instance is for. It can be started again after a stop. */
export interface Work {
  readonly start: () => void;
  /** Ends what runs, within the limit. */
  readonly stop: (limit: { readonly drainSeconds: number }) => Promise<void>;
}

export interface ServiceOptions {
  readonly region: string;
  readonly autoScalingGroupName: string;
  /** The termination hook. */
  readonly lifecycleHookName: string | undefined;
  readonly launchHookName: string | undefined;
  /** How long tasks may go on when the group takes the instance: it waits as long as the heartbeats come. */
  readonly terminationDrainSeconds: number;
  readonly metadata: InstanceMetadata;
  /** What is wanted of the instance when the worker starts. */
  readonly target: Promise<Target>;
  readonly work: Work;
  readonly log: Logger;
  /** Aborts when nobody cares any more, because the worker stops for another reason. */
  readonly signal: AbortSignal;
  /** How often the instance metadata is looked at, in milliseconds. @default 5000, and 1000 in the warm pool */
  readonly intervalMs?: number;
}

/**
 * Works while the instance is to be in service. In the warm pool of its group it waits, and going back there it drains
 * first. When it is taken away it drains, and that is the end. The group waits (lifecycle hooks) until the instance has
 * booted, and until a drain is over. Never rejects.
 */
export async function serveGroup(options: ServiceOptions): Promise<void> {
  const { work, log, signal } = options;
  const launches: Promise<void>[] = [];
  let working = false;
  let target: Target | undefined = await options.target;
  while (target === 'in-service' || target === 'warmed') {
    if (target === 'in-service') {
      work.start();
      launches.push(tellLaunched(options));
    } else if (working) {
      log.info('this instance goes back to the warm pool of its group: draining');
      await drain('warmed', options);
    } else {
      launches.push(tellLaunched(options));
    }
    working = target === 'in-service';
    if (!working) {
      log.info(
        'this instance is in the warm pool of its group: no tasks are taken until it is to be in service',
      );
    }
    target = await nextTarget(target, {
      metadata: options.metadata,
      intervalMs: options.intervalMs ?? (working ? INTERVAL_MS : WARMED_INTERVAL_MS),
      failed: metadataFailed(log),
      signal,
    });
  }
  if (target !== undefined) {
    log.info({ departure: target }, 'this instance is taken away: draining');
    await drain(target, options);
  }
  await Promise.all(launches);
}

export function metadataFailed(log: Logger): (error: unknown) => void {
  return (err) => {
    log.warn({ err }, 'instance metadata cannot be read: the end of this instance would go unnoticed');
  };
}

/** Ends the work, for good or until the instance leaves the warm pool again. */
async function drain(reason: Departure | 'warmed', options: ServiceOptions): Promise<void> {
  const { lifecycleHookName, terminationDrainSeconds, metadata, work, log, signal } = options;
  if (reason === 'spot-interruption' || lifecycleHookName === undefined) {
    await work.stop({ drainSeconds: SPOT_DRAIN_SECONDS });
    return;
  }
  const drained = new AbortController();
  const drainWork = async (): Promise<void> => {
    // Capacity rebalancing drains a spot instance early; EC2 may take it all the same before the drain is over.
    const untilDrained = AbortSignal.any([signal, drained.signal]);
    const failed = metadataFailed(log);
    const interrupted = spotInterruption({ metadata, failed, signal: untilDrained }).then(async (noticed) => {
      if (noticed) await work.stop({ drainSeconds: SPOT_DRAIN_SECONDS });
    });
    await work.stop({ drainSeconds: terminationDrainSeconds }).finally(() => {
      drained.abort();
    });
    await interrupted;
  };
  try {
    await drainUnderHook({ ...options, lifecycleHookName }, metadata, drainWork, (err) => {
      log.warn({ err }, 'the group could not be told that the drain goes on');
    });
    log.info({ lifecycleHookName }, 'drained: the group may take this instance');
  } catch (err) {
    log.error(
      { err },
      "drained, but the lifecycle action could not be completed: the hook's timeout will end it",
    );
  }
}

/** Tells a group that waits for this instance that it has booted. */
async function tellLaunched(options: ServiceOptions): Promise<void> {
  const { launchHookName, metadata, intervalMs, log } = options;
  if (launchHookName === undefined) return;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(LAUNCH_PATIENCE_MS)]);
  const failed = (err: unknown): void => {
    if (signal.aborted) return;
    log.info({ err }, 'the group does not wait for this instance, or cannot be told yet that it has booted');
  };
  const told = await watch({ signal, failed, ...(intervalMs !== undefined && { intervalMs }) }, async () => {
    await completeLaunch({ ...options, lifecycleHookName: launchHookName }, metadata, signal);
    return true;
  });
  if (told === true) log.info({ launchHookName }, 'booted: the group may go on with this instance');
}
