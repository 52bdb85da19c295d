import type { WorkerEnvironment } from '../environment';
import type { Logger } from '../../instance/logger';
import type { QueueObserver } from '../queue/events';
import { instanceMetadata } from '../../instance/metadata';
import { ScaleInProtection, setInstanceProtection } from './scale-in-protection';
import { metadataFailed, serveGroup, type Work } from './service';
import { targetOf, type Target } from './target';

/** What a worker does for the Auto Scaling group that its instance belongs to. */
export interface InstanceDuties {
  /** Protects the instance from scale-in while it is busy. */
  readonly observer: QueueObserver;
  /** Has the work done while the instance is to be in service, and drained when it is taken away. */
  readonly serve: (work: Work) => void;
  readonly stop: () => Promise<void>;
}

/** Undefined where the worker runs on no instance of a group. Begins to read what the group wants of the instance. */
export function instanceDuties(
  environment: WorkerEnvironment,
  endpoint: string | undefined,
  log: Logger,
): InstanceDuties | undefined {
  const { region, autoScalingGroupName } = environment;
  if (autoScalingGroupName === undefined) return undefined;
  const metadata = instanceMetadata(endpoint);
  const target = targetOf(metadata).catch((error: unknown): Target => {
    metadataFailed(log)(error);
    return 'in-service';
  });
  const protection = new ScaleInProtection({
    set: setInstanceProtection(region, autoScalingGroupName, metadata),
    failed: (err) => {
      log.warn({ err }, 'scale-in protection could not be changed');
    },
  });
  const end = new AbortController();
  let served: Promise<void> = Promise.resolve();
  let running = 0;
  return {
    observer({ type }) {
      if (type === 'started') running += 1;
      else if (type === 'finished') running -= 1;
      else return;
      protection.running(running);
    },
    serve(work) {
      protection.running(running);
      served = serveGroup({
        ...environment,
        autoScalingGroupName,
        metadata,
        target,
        work,
        log,
        signal: end.signal,
      });
    },
    async stop() {
      end.abort();
      await Promise.all([served, protection.stop()]);
    },
  };
}
