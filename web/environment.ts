import * as z from 'zod';
import { checkEnvironment, logLevel, prefix, seconds, type Variables } from '../instance/environment';

const GIB = 1024 ** 3;
/** S3 takes a form's file of up to 5 GiB. */
const LARGEST_POST = 5 * GIB;

const schema = z.object({
  AWS_REGION: z.string().min(1),
  UPLOAD_BUCKET: z.string().min(3),
  UPLOADS_PREFIX: prefix,
  PROCESSED_PREFIX: prefix,
  HOST: z.string().min(1).optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  MAX_UPLOAD_BYTES: z.coerce
    .number({ error: 'MAX_UPLOAD_BYTES must be a whole number of bytes' })
    .int()
    .min(1)
    .max(LARGEST_POST, `S3 takes files of up to ${LARGEST_POST} bytes from a form`)
    .default(2 * GIB),
  DRAIN_SECONDS: seconds('DRAIN_SECONDS', 0, 3600).default(20),
  LOG_LEVEL: logLevel,
});

/** What the site is told by its environment variables (the systemd unit sets them). */
export interface SiteEnvironment {
  readonly region: string;
  readonly bucket: string;
  readonly uploadsPrefix: string;
  readonly processedPrefix: string;
  /** Address to listen on. @default the instance's own, from its metadata */
  readonly host: string | undefined;
  /** @default 8080 */
  readonly port: number;
  /** Largest file that is taken, in bytes; S3 takes 5 GiB from a form. @default 2 GiB */
  readonly maxUploadBytes: number;
  /** How long requests are still answered after a stop was asked, so that the load balancer notices. @default 20 */
  readonly drainSeconds: number;
  /** Level of the structured log. @default info */
  readonly logLevel: string;
}

/**
 * Reads and checks the site's settings.
 *
 * @throws EnvironmentError naming each variable that is missing or wrong, what was given and what is allowed.
 */
export function readEnvironment(variables: Variables): SiteEnvironment {
  const e = checkEnvironment("The site's", schema, variables);
  return {
    region: e.AWS_REGION,
    bucket: e.UPLOAD_BUCKET,
    uploadsPrefix: e.UPLOADS_PREFIX,
    processedPrefix: e.PROCESSED_PREFIX,
    host: e.HOST,
    port: e.PORT,
    maxUploadBytes: e.MAX_UPLOAD_BYTES,
    drainSeconds: e.DRAIN_SECONDS,
    logLevel: e.LOG_LEVEL,
  };
}
