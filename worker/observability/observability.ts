import { metrics, trace } from '@opentelemetry/api';
import type { WorkerEnvironment } from '../environment';
import { logQueueEvents } from '../log/queue-log';
import type { Logger } from '../../instance/logger';
import { observeAll, type QueueObserver } from '../queue/events';
import type { Handler } from '../queue/options';
import { startEmf } from './emf';
import { startExporters } from './exporters';
import { startHealthServer } from './health';
import { queueMetrics, traced } from './telemetry';

/** How a worker is seen from outside. */
export interface Observability {
  readonly observer: QueueObserver;
  /** Puts a span around each call of the handler. */
  readonly trace: (handler: Handler) => Handler;
  /** Sends what is left and ends. */
  readonly stop: () => Promise<void>;
}

/** The log always; OpenTelemetry, CloudWatch's embedded metric format and the health endpoint as the environment says. */
export async function startObservability(
  environment: WorkerEnvironment,
  log: Logger,
): Promise<Observability> {
  const { queueUrl, exportsTelemetry, metricsNamespace, healthPort } = environment;
  const queueName = queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
  const observers: QueueObserver[] = [logQueueEvents(log)];
  const ends: (() => void | Promise<void>)[] = [];

  let traceHandler: Observability['trace'] = (handler) => handler;
  if (exportsTelemetry) {
    ends.push(await startExporters());
    observers.push(queueMetrics(metrics.getMeter('upload-pipeline'), queueName));
    traceHandler = (handler) => traced(trace.getTracer('upload-pipeline'), queueName, handler);
  }
  if (metricsNamespace !== undefined) {
    const write = (document: string): void => void process.stderr.write(`${document}\n`);
    const emf = startEmf({ namespace: metricsNamespace, queueName, write });
    observers.push(emf.observer);
    ends.push(emf.stop);
  }
  if (healthPort !== undefined) {
    const health = await startHealthServer(healthPort);
    observers.push(health.observer);
    ends.push(async () => {
      await health[Symbol.asyncDispose]();
    });
  }
  return {
    observer: observeAll(observers),
    trace: traceHandler,
    async stop() {
      for (const end of ends.reverse()) await end();
    },
  };
}
