import { createClients } from './clients';
import type { WorkerEnvironment } from './environment';
import { departureOf } from './host/departure';
import { completeLifecycleAction } from './host/lifecycle-hook';
import { instanceMetadata } from './host/metadata';
import type { Logger } from './log/logger';
import { logQueueEvents } from './log/queue-log';
import { tellOnStdout } from './log/story';
import { dispatchTo } from './processors/dispatch';
import { allProcessors } from './processors';
import { QueueConsumer } from './queue/consumer';
import { sdkTransport } from './queue/sdk-transport';

export interface RunningWorker {
  /** Drains and stops everything; resolves when nothing is left running. Idempotent. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a worker: consumer, processors, and on an instance of a group the watch over its end.
 *
 * When the group or EC2 takes the instance, the worker drains and then stays idle: were it to exit, systemd would start
 * it again, and it would take new tasks on an instance that is about to go.
 */
export function startWorker(
  environment: WorkerEnvironment,
  variables: NodeJS.ProcessEnv,
  log: Logger,
): RunningWorker {
  const clients = createClients(environment.region, variables);
  const consumer = new QueueConsumer({
    transport: sdkTransport(clients.sqs, environment.queueUrl, environment.deadLetterQueueUrl),
    handler: dispatchTo({
      bucket: environment.bucket,
      uploadsPrefix: environment.uploadsPrefix,
      processors: allProcessors({ s3: clients.s3, ...environment }),
      tell: tellOnStdout,
    }),
    visibilityTimeoutSeconds: environment.visibilityTimeoutSeconds,
    concurrency: environment.concurrency,
    drainSeconds: environment.drainSeconds,
    observer: logQueueEvents(log),
  });
  consumer.start();
  log.info({ queueUrl: environment.queueUrl, concurrency: environment.concurrency }, 'worker started');

  // After a drain nothing else would keep the process alive.
  const alive = setInterval(() => undefined, 2 ** 30);
  const watch = new AbortController();
  const watched = watchDeparture(
    environment,
    variables.AWS_EC2_METADATA_SERVICE_ENDPOINT,
    consumer,
    log,
    watch.signal,
  );
  const stop = async (): Promise<void> => {
    watch.abort();
    await Promise.all([consumer.stop(), watched]);
    clients.close();
    clearInterval(alive);
  };
  let stopped: Promise<void> | undefined;
  return { stop: () => (stopped ??= stop()) };
}

async function watchDeparture(
  { region, autoScalingGroupName, lifecycleHookName }: WorkerEnvironment,
  endpoint: string | undefined,
  consumer: QueueConsumer,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  if (autoScalingGroupName === undefined) return;
  const metadata = instanceMetadata(endpoint);
  const departure = await departureOf({
    metadata,
    signal,
    failed: (error) => {
      log.warn(
        { err: error },
        'instance metadata cannot be read: the end of this instance would go unnoticed',
      );
    },
  });
  if (departure === undefined) return;
  log.info({ departure }, 'this instance is taken away: draining');
  await consumer.stop();
  if (departure !== 'terminated' || lifecycleHookName === undefined) return;
  try {
    await completeLifecycleAction({ region, autoScalingGroupName, lifecycleHookName }, metadata);
    log.info({ lifecycleHookName }, 'drained: the group may terminate this instance');
  } catch (error) {
    log.error(
      { err: error },
      "drained, but the lifecycle action could not be completed: the hook's timeout will end it",
    );
  }
}
