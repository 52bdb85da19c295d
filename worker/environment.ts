import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { checkEnvironment, logLevel, prefix, seconds, type Variables } from '../instance/environment';

/** Every variable, by its name, with what is allowed and its default. */
export const workerVariables = z
  .object({
    AWS_REGION: z.string().min(1),
    QUEUE_URL: z.url({ protocol: /^https?$/u, error: 'must be the URL of an SQS queue' }),
    DEAD_LETTER_QUEUE_URL: z
      .url({ protocol: /^https?$/u, error: 'must be the URL of an SQS queue' })
      .optional(),
    UPLOAD_BUCKET: z.string().min(3),
    UPLOADS_PREFIX: prefix,
    PROCESSED_PREFIX: prefix,
    VISIBILITY_TIMEOUT_SECONDS: seconds('VISIBILITY_TIMEOUT_SECONDS', 1, 43_200),
    AUTO_SCALING_GROUP_NAME: z.string().min(1).optional(),
    LIFECYCLE_HOOK_NAME: z.string().min(1).optional(),
    LAUNCH_HOOK_NAME: z.string().min(1).optional(),
    WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(1000).default(10),
    TERMINATION_DRAIN_SECONDS: seconds('TERMINATION_DRAIN_SECONDS', 1, 43_200).default(3600),
    DRAIN_SECONDS: seconds('DRAIN_SECONDS', 0, 43_200).default(60),
    SQS_TRANSPORT: z.enum(['lean', 'sdk']).default('lean'),
    UPSCALE_MOVIES: z.enum(['true', 'false']).default('false'),
    SCRATCH_FOLDER: z.string().startsWith('/').optional(),
    HEALTH_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
    METRICS_NAMESPACE: z.string().min(1).optional(),
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
    LOG_LEVEL: logLevel,
  })
  .refine(
    (e) =>
      !e.UPLOADS_PREFIX.startsWith(e.PROCESSED_PREFIX) && !e.PROCESSED_PREFIX.startsWith(e.UPLOADS_PREFIX),
    {
      path: ['PROCESSED_PREFIX'],
      error:
        'must lie outside UPLOADS_PREFIX (and the other way round), or the worker would process its own output',
    },
  );

/** What a worker is told by its environment variables (the systemd unit sets them). Times are in seconds. */
export interface WorkerEnvironment {
  readonly region: string;
  readonly queueUrl: string;
  /** Where tasks go that no retry can help. @default - they are handed back until the queue's own redrive policy moves them */
  readonly deadLetterQueueUrl: string | undefined;
  readonly bucket: string;
  readonly uploadsPrefix: string;
  readonly processedPrefix: string;
  /** Visibility timeout of a received message; it is extended for as long as the task runs. */
  readonly visibilityTimeoutSeconds: number;
  /** @default - not an instance of a group: nothing is asked of the instance metadata */
  readonly autoScalingGroupName: string | undefined;
  /** @default - no lifecycle hook to complete after the drain */
  readonly lifecycleHookName: string | undefined;
  /** @default - the group waits for no boot */
  readonly launchHookName: string | undefined;
  /** How long running tasks may go on when the group takes the instance, which waits for them. @default 3600 */
  readonly terminationDrainSeconds: number;
  /** Tasks at a time. @default 10 */
  readonly concurrency: number;
  /** How long running tasks may go on after a stop was asked. @default 60 */
  readonly drainSeconds: number;
  /** How SQS is called: by plain signed requests, or by the AWS SDK's client (several times the CPU time). @default lean */
  readonly sqsTransport: 'lean' | 'sdk';
  /** True to make every rendition, also of a smaller movie. @default false */
  readonly upscale: boolean;
  /** Where tasks put their files while they work. @default upload-worker in the system's folder for temporary files */
  readonly scratchFolder: string;
  /** Port of `GET /health` on the loopback address. @default - none */
  readonly healthPort: number | undefined;
  /** CloudWatch namespace of the metrics that are written in the embedded metric format. @default - none are written */
  readonly metricsNamespace: string | undefined;
  /** True when OTEL_EXPORTER_OTLP_ENDPOINT is set: metrics and traces are sent there. */
  readonly exportsTelemetry: boolean;
  /** Level of the structured log. @default info */
  readonly logLevel: string;
}

/**
 * Reads and checks the worker's settings.
 *
 * @throws EnvironmentError naming each variable that is missing or wrong, what was given and what is allowed.
 */
export function readEnvironment(variables: Variables): WorkerEnvironment {
  const e = checkEnvironment("The worker's", workerVariables, variables);
  return {
    region: e.AWS_REGION,
    queueUrl: e.QUEUE_URL,
    deadLetterQueueUrl: e.DEAD_LETTER_QUEUE_URL,
    bucket: e.UPLOAD_BUCKET,
    uploadsPrefix: e.UPLOADS_PREFIX,
    processedPrefix: e.PROCESSED_PREFIX,
    visibilityTimeoutSeconds: e.VISIBILITY_TIMEOUT_SECONDS,
    autoScalingGroupName: e.AUTO_SCALING_GROUP_NAME,
    lifecycleHookName: e.LIFECYCLE_HOOK_NAME,
    launchHookName: e.LAUNCH_HOOK_NAME,
    concurrency: e.WORKER_CONCURRENCY,
    terminationDrainSeconds: e.TERMINATION_DRAIN_SECONDS,
    drainSeconds: e.DRAIN_SECONDS,
    sqsTransport: e.SQS_TRANSPORT,
    upscale: e.UPSCALE_MOVIES === 'true',
    scratchFolder: e.SCRATCH_FOLDER ?? path.join(tmpdir(), 'upload-worker'),
    healthPort: e.HEALTH_PORT,
    metricsNamespace: e.METRICS_NAMESPACE,
    exportsTelemetry: e.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    logLevel: e.LOG_LEVEL,
  };
}
