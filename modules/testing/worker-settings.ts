import type { WorkerSettings } from '../compute';

/** Every setting of the worker, each as long as it may be. */
export const longestWorkerSettings: Required<WorkerSettings> = {
  DRAIN_SECONDS: 43_200,
  HEALTH_PORT: 65_535,
  LOG_LEVEL: 'silent',
  METRICS_NAMESPACE: 'N'.repeat(255),
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://${'c'.repeat(1_993)}`,
  SQS_TRANSPORT: 'lean',
  UPSCALE_MOVIES: false,
};
