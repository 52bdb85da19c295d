import { createClients } from './clients';
import type { WorkerEnvironment } from './environment';
import { instanceDuties } from './host/instance';
import type { Work } from './host/service';
import type { Logger } from '../instance/logger';
import { tellOnStdout } from './log/story';
import { checkMediaTools, findMediaTools } from './media/tools';
import { startObservability } from './observability/observability';
import { allProcessors } from './processors';
import { dispatchTo } from './processors/dispatch';
import { Scratch } from './processors/scratch';
import { QueueConsumer } from './queue/consumer';
import { observeAll } from './queue/events';
import { sqsTransport } from './queue/sqs-transport';

export interface RunningWorker {
  /** Drains and stops everything; resolves when nothing is left running. Idempotent. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a worker: consumer, processors, and on an instance of a group the watch over what the group wants of it.
 *
 * In the warm pool of its group the worker takes no tasks. When the group or EC2 takes the instance, the worker drains and
 * then stays idle: a program that exits is started again by systemd.
 */
export async function startWorker(
  environment: WorkerEnvironment,
  variables: NodeJS.ProcessEnv,
  log: Logger,
): Promise<RunningWorker> {
  const tools = await findMediaTools(variables.PATH);
  // Meanwhile the rest starts.
  const checked = tools === undefined ? Promise.resolve() : checkMediaTools(tools);
  const clients = createClients(environment, variables);
  const observability = await startObservability(environment, log);
  const duties = instanceDuties(environment, variables.AWS_EC2_METADATA_SERVICE_ENDPOINT, log);
  const scratch = new Scratch(environment.scratchFolder);
  if (tools === undefined) log.warn('there is no ffmpeg: movies and images are moved as they are');
  else await scratch.clean();
  const handler = dispatchTo({
    bucket: environment.bucket,
    uploadsPrefix: environment.uploadsPrefix,
    processors: allProcessors({ s3: clients.s3, scratch, tools, ...environment }),
    tell: tellOnStdout,
  });
  let consumer: QueueConsumer | undefined;
  let stopping = false;
  const work: Work = {
    start() {
      if (stopping) return;
      consumer = new QueueConsumer({
        transport: sqsTransport(clients.sqs, environment.queueUrl, environment.deadLetterQueueUrl),
        handler: observability.trace(handler),
        visibilityTimeoutSeconds: environment.visibilityTimeoutSeconds,
        concurrency: environment.concurrency,
        drainSeconds: environment.drainSeconds,
        observer: observeAll([observability.observer, ...(duties === undefined ? [] : [duties.observer])]),
      });
      consumer.start();
    },
    stop: async (limit) => consumer?.stop(limit),
  };
  await checked;
  if (duties === undefined) work.start();
  else duties.serve(work);
  log.info({ queueUrl: environment.queueUrl, concurrency: environment.concurrency }, 'worker started');

  // After a drain nothing else would keep the process alive.
  const alive = setInterval(() => undefined, 2 ** 30);
  const stop = async (): Promise<void> => {
    stopping = true;
    await consumer?.stop();
    await duties?.stop();
    await observability.stop();
    clients.close();
    clearInterval(alive);
  };
  let stopped: Promise<void> | undefined;
  return { stop: () => (stopped ??= stop()) };
}
