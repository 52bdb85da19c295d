import type { WorkerEnvironment } from '../environment';
import type { Logger } from '../../instance/logger';
import type { QueueConsumer } from '../queue/consumer';
import type { QueueObserver } from '../queue/events';
import { drainOnDeparture } from './drain';
import { instanceMetadata } from '../../instance/metadata';
import { ScaleInProtection, setInstanceProtection } from './scale-in-protection';

/** What a worker does for the Auto Scaling group that its instance belongs to. */
export interface InstanceDuties {
  /** Protects the instance from scale-in while it is busy. */
  readonly observer: QueueObserver;
  /** Drains the consumer when the instance is taken away. */
  readonly watch: (consumer: QueueConsumer) => void;
  readonly stop: () => Promise<void>;
}

/** Undefined where the worker runs on no instance of a group. */
export function instanceDuties(
  environment: WorkerEnvironment,
  endpoint: string | undefined,
  log: Logger,
): InstanceDuties | undefined {
  const { region, autoScalingGroupName, lifecycleHookName, terminationDrainSeconds } = environment;
  if (autoScalingGroupName === undefined) return undefined;
  const metadata = instanceMetadata(endpoint);
  const protection = new ScaleInProtection({
    set: setInstanceProtection(region, autoScalingGroupName, metadata),
    failed: (err) => {
      log.warn({ err }, 'scale-in protection could not be changed');
    },
  });
  const end = new AbortController();
  let watched: Promise<void> = Promise.resolve();
  let running = 0;
  return {
    observer({ type }) {
      if (type === 'started') running += 1;
      else if (type === 'finished') running -= 1;
      else return;
      protection.running(running);
    },
    watch(consumer) {
      watched = drainOnDeparture({
        region,
        autoScalingGroupName,
        lifecycleHookName,
        terminationDrainSeconds,
        metadata,
        stop: (limit) => consumer.stop(limit),
        log,
        signal: end.signal,
      });
    },
    async stop() {
      end.abort();
      await Promise.all([watched, protection.stop()]);
    },
  };
}
