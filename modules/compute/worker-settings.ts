import { Token } from 'cdktf';

import type { Problem } from '../validation';

/** Of the worker's structured log. */
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Plain signed requests, or the AWS SDK's client. */
const sqsTransports = ['lean', 'sdk'] as const;

/** What a person may tell the shipped worker, by the names of its own variables (docs/worker-guide.md). */
export interface WorkerSettings {
  /** How long running tasks may go on when the service is stopped by hand, in seconds. @default 60 */
  readonly DRAIN_SECONDS?: number | undefined;
  /** Port of `GET /health` on the loopback address. @default no endpoint */
  readonly HEALTH_PORT?: number | undefined;
  /** Of the structured log. @default info */
  readonly LOG_LEVEL?: (typeof logLevels)[number] | undefined;
  /** CloudWatch namespace of the metrics in the journal. @default none are written */
  readonly METRICS_NAMESPACE?: string | undefined;
  /** Where metrics and traces are sent by OTLP over HTTP. @default none are sent */
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  /** How SQS is called: by plain signed requests, or by the AWS SDK's client. @default lean */
  readonly SQS_TRANSPORT?: (typeof sqsTransports)[number] | undefined;
  /** Makes every rendition, also of a smaller movie. @default false */
  readonly UPSCALE_MOVIES?: boolean | undefined;
}

/** The settings as environment variables. */
export function workerVariables(settings: WorkerSettings = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

interface Check {
  readonly fits: (given: unknown) => boolean;
  readonly allowed: string;
}

const wholeNumber = (least: number, most: number, allowed: string): Check => ({
  fits: (given) => Number.isInteger(given) && Number(given) >= least && Number(given) <= most,
  allowed,
});
const oneOf = (values: readonly unknown[]): Check => ({
  fits: (given) => values.includes(given),
  allowed: `it must be one of: ${values.map((value) => JSON.stringify(value)).join(', ')}.`,
});
const text = (fits: (given: string) => boolean, allowed: string): Check => ({
  fits: (given) => typeof given === 'string' && fits(given),
  allowed,
});

/** The worker would not start with other values; and none of these needs quoting in a shell, in a systemd unit or in Terraform. */
const checks: Readonly<Record<keyof WorkerSettings, Check>> = {
  DRAIN_SECONDS: wholeNumber(0, 43_200, 'it must be a whole number of seconds from 0 to 43200 (12 hours).'),
  HEALTH_PORT: wholeNumber(1_024, 65_535, 'it must be a port from 1024 to 65535: the worker is not root.'),
  LOG_LEVEL: oneOf(logLevels),
  // Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Namespace
  METRICS_NAMESPACE: text(
    (given) => /^(?!AWS\/)[\w./#:-]{1,255}$/.test(given),
    'it must be 1 to 255 letters, digits and .-_/#:, and not begin with AWS/, which CloudWatch keeps to itself.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: text(
    (given) => /^https?:\/\/[\w.:/-]+$/.test(given) && given.length <= 2_000 && URL.canParse(given),
    'it must be an http or https URL without a query, as in "http://127.0.0.1:4318".',
  ),
  SQS_TRANSPORT: oneOf(sqsTransports),
  UPSCALE_MOVIES: oneOf([true, false]),
};

/** @returns what the worker would not start with, and what is not to be set here. */
export function workerSettingsProblems(settings: WorkerSettings = {}): Problem[] {
  return Object.entries(settings).flatMap(([name, given]: [string, unknown]): Problem[] => {
    if (given === undefined) {
      return [];
    }
    if (Token.isUnresolved(given)) {
      const allowed =
        'it must be known at the synthesis: the time that systemd gives the worker is made of it.';
      return name === 'DRAIN_SECONDS'
        ? [{ field: `${name} of the workerSettings`, given: 'a token', allowed }]
        : [];
    }
    if (!Object.hasOwn(checks, name)) {
      const allowed = `there are: ${Object.keys(checks).join(', ')}; what else the worker knows has inputs of its own.`;
      return [{ field: 'workerSettings', given: name, allowed }];
    }
    const { fits, allowed } = checks[name as keyof WorkerSettings];
    return fits(given) ? [] : [{ field: `${name} of the workerSettings`, given, allowed }];
  });
}
