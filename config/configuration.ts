import { version } from 'node/package.json';
import { z } from 'zod';

import { fleetProblems } from '../modules/compute/fleet-settings';
import { nodeProblems } from '../modules/compute/node-runtime';
import { queueScaling, queueScalingProblems } from '../modules/compute/queue-scaling';
import { poolStateAllowed, poolStates } from '../modules/compute/warm-pool';
import { type WorkerSettings, workerSettingsProblems } from '../modules/compute/worker-settings';
import { networkProblems } from '../modules/network/network-choices';
import { emailProblems } from '../modules/observability/alarm-topic';
import { alarmThresholdProblems } from '../modules/observability/pipeline-alarms';
import { protectionProblems } from '../modules/protection';
import { lifecycleProblems, readableStorageClasses } from '../modules/storage/bucket-lifecycle';
import { notificationProblems } from '../modules/storage/notification-filters';
import { originProblems } from '../modules/storage/origins';
import { tagProblems } from '../modules/tags';
import {
  type Problem,
  artifactBucketProblems,
  bucketNameProblems,
  encryptionKeyProblems,
  maxReceiveCountProblems,
  namePrefixProblems,
  tasksPerInstanceProblems,
  prefixProblems,
  queueNameProblems,
  taskSecondsProblems,
  visibilityTimeoutProblems,
  zoneProblems,
} from '../modules/validation';
import { webProblems } from '../modules/web/web-choices';

const text = z.string();
const instanceType = text.regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'an instance type looks like "t3.small".');
const scheduledAction = z.strictObject({
  name: text.min(1),
  recurrence: text,
  timeZone: text.optional(),
  minSize: z.number(),
  desiredCapacity: z.number(),
  maxSize: z.number(),
});
const warmPool = z.strictObject({
  poolState: z.enum(poolStates, poolStateAllowed).optional(),
  minSize: z.number().optional(),
  maxGroupPreparedCapacity: z.number().optional(),
  reuseOnScaleIn: z.boolean().optional(),
});
/** What is in it is checked as the modules check it. */
const workerSettings = z.custom<WorkerSettings>(
  (given) => typeof given === 'object' && given !== null && !Array.isArray(given),
  'it must be an object, as in {"LOG_LEVEL":"debug"}.',
);

/** What a person can configure, with its defaults. */
export const configurationFields = z.strictObject({
  /** AWS region. */
  region: text.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region looks like "us-east-2".').default('us-east-2'),
  /** Beginning of the names of everything that has no name of its own here. */
  namePrefix: text.default('upload-pipeline'),
  /** Name of the upload bucket, unique among all of AWS. */
  bucketName: text.default('student-upload-bucket-aj'),
  /** Bucket for what instances download when they boot. */
  artifactBucketName: text.optional(),
  /** Name of the queue; those of its dead-letter queues begin with it. */
  queueName: text.default('devops-sqs-queue'),
  /** Folder of the bucket that uploads arrive in. */
  uploadsPrefix: text.default('uploads/'),
  /** Folder of the bucket that results go to. */
  processedPrefix: text.default('processed/'),
  /** Worker instances that there are at least. */
  minSize: z.number().default(2),
  /** Worker instances to begin with. */
  desiredCapacity: z.number().default(2),
  /** Worker instances that there are at most. */
  maxSize: z.number().default(4),
  /** More visible messages than this add a worker instance, unless backlogPerInstance is given. */
  scaleOutThreshold: z.number().default(10),
  /** Visible messages for each worker instance that scaling keeps to. */
  backlogPerInstance: z.number().optional(),
  /** How long the longest task takes, in seconds. */
  longestTaskSeconds: z.number().default(60),
  /** How long a received task stays hidden from other workers; without it as long as the longest task takes. */
  visibilityTimeoutSeconds: z.number().optional(),
  /** How often a task is received before it goes to the dead-letter queue. */
  maxReceiveCount: z.number().default(10),
  /** Delivers S3's events without SNS's envelope. */
  rawMessageDelivery: z.boolean().default(false),
  /** Tasks that a worker has at a time; without it 2 where there is a `mediaArtifact`, else 10. */
  tasksPerInstance: z.number().optional(),
  /** What the worker is told besides, by the names of its own variables, as `{"METRICS_NAMESPACE":"Films"}`. */
  workerSettings: workerSettings.optional(),
  /** EC2 instance type of the workers. */
  instanceType: instanceType.default('t3.small'),
  /** Types that may stand in for instanceType, the preferred ones first. */
  otherInstanceTypes: z.array(instanceType).optional(),
  /** How many instances are on-demand whatever the percentage says. */
  onDemandBaseCapacity: z.number().optional(),
  /** Percentage of on-demand instances above the base; the rest is spot. */
  onDemandPercentageAboveBaseCapacity: z.number().optional(),
  /** Processor that the artifacts were built for. */
  architecture: z.enum(['x86_64', 'arm64']).optional(),
  /** Size of the disk, in GiB. A worker needs 0.15 for each minute of a movie, beside its upload. */
  volumeSize: z.number().optional(),
  /** Packages of the distribution that instances install before the worker starts. */
  packages: z.array(text).optional(),
  /** Age at which an instance is replaced, in seconds. */
  maxInstanceLifetimeSeconds: z.number().optional(),
  /** Alarms that stop an instance refresh. */
  refreshAlarmNames: z.array(text).optional(),
  /** Sizes of the group at certain times. */
  schedule: z.array(scheduledAction).optional(),
  /** Worker instances that are kept ready, stopped or running, beside the group; `{}` for those up to maxSize. */
  warmPool: warmPool.optional(),
  /** Id of an AMI, or `resolve:ssm:<parameter>`. */
  imageId: text
    .regex(/^(ami-[0-9a-f]{8,17}|resolve:ssm:\/.+)$/, 'an AMI id (ami-…) or resolve:ssm:/….')
    .optional(),
  /** Key pair for the instances; nothing lets SSH in by itself. */
  keyPairName: text.min(1).optional(),
  /** Addresses of the VPC, a /16 to a /24; without it 10.0.0.0/16. */
  cidrBlock: text.optional(),
  /** Bucket that the VPC's flow logs are written to. */
  flowLogBucketName: text.optional(),
  /** Zones that the instances stand in, 2 at least; without it the first two of the region. */
  availabilityZones: z.array(text).optional(),
  /** What encrypts at rest: keys of AWS's own (`aws`), a KMS key made here (`customer`), or the ARN of a KMS key. */
  encryptionKey: text.default('aws'),
  /** Endings of the keys that are announced; without it all. */
  notificationSuffixes: z.array(text).optional(),
  /** Origins of sites whose pages may upload from a browser. */
  corsOrigins: z.array(text).optional(),
  /** Bucket that S3 writes access logs to. */
  accessLogBucketName: text.optional(),
  /** After how many days versions are deleted that newer ones have replaced, or that were deleted; without it after 30. */
  noncurrentVersionDays: z.number().optional(),
  /** Class that results are moved to; `STANDARD` leaves them. */
  processedStorageClass: z.enum(readableStorageClasses).default('INTELLIGENT_TIERING'),
  /** Lets Terraform delete the upload bucket with what is in it. */
  forceDestroy: z.boolean().default(false),
  /** Makes every plan fail that would destroy what holds data. */
  preventDestroy: z.boolean().default(false),
  /** Tags of everything. */
  tags: z.record(text, text).default({}),
  /** Alarms with a runbook, and a dashboard. */
  observability: z.boolean().default(true),
  /** Who is told by email when an alarm fires. */
  alarmEmail: text.optional(),
  /** A topic that stands already and is told too. */
  alarmTopicArn: text
    .regex(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/,
      'an ARN looks like arn:aws:sns:<region>:<account>:<name>.',
    )
    .optional(),
  /** How long a task may wait, in seconds, before an alarm fires; without it 900, or twice the longest task. */
  oldestTaskSeconds: z.number().optional(),
  /** How long the workers may need for the tasks that wait, in seconds, before an alarm fires; without it 3600. */
  timeToDrainSeconds: z.number().optional(),
  /** Page that says what each alarm means and what to do. */
  runbookUrl: text.default('docs/runbook.md'),
  /** Opens every object of the upload bucket to everyone on the internet, for a demonstration. */
  publicReadDemo: z.boolean().default(false),
  /** A site for people behind a load balancer. */
  webTier: z.boolean().default(false),
  /** Web instances that there are at least. */
  webMinSize: z.number().default(2),
  /** Web instances to begin with. */
  webDesiredCapacity: z.number().default(2),
  /** Web instances that there are at most. */
  webMaxSize: z.number().default(4),
  /** Requests a minute for each web instance that scaling keeps to. */
  webRequestsPerTarget: z.number().default(1000),
  /** ARN of the ACM certificate for HTTPS; without it the site has HTTP only. */
  webCertificateArn: text.optional(),
  /** Refuses to delete the load balancer. */
  webDeletionProtection: z.boolean().default(false),
  /** Bucket that the load balancer writes access logs to. */
  webAccessLogBucketName: text.optional(),
  /** Path of the archive with Node, as `npm run build` makes it. */
  nodeArtifact: text.default('dist/node.tar.gz'),
  /** Version of Node in it: instances whose AMI has just this one do not fetch it. */
  nodeVersion: text.default(version),
  /** Path of the archive with the worker, as `npm run build` makes it. */
  workerArtifact: text.default('dist/worker.tar.gz'),
  /** Path of the archive with the site, as `npm run build` makes it. */
  webArtifact: text.default('dist/web.tar.gz'),
  /** Path of the archive with ffmpeg, as `npm run build:media` makes it. */
  mediaArtifact: text.optional(),
  /** Bucket, which exists, for Terraform's state. */
  stateBucket: text.optional(),
  /** URL of an emulator: every AWS API is called there, with dummy credentials. */
  endpoint: z
    .url({ protocol: /^https?$/, error: 'an http or https URL, as in "http://127.0.0.1:4566".' })
    .optional(),
});

/** A validated configuration. */
export type Configuration = Omit<
  z.output<typeof configurationFields>,
  'artifactBucketName' | 'availabilityZones'
> & {
  readonly artifactBucketName: string;
  readonly availabilityZones: readonly string[];
};

/** The configuration is wrong; the message names each field, the value got and what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(
      ({ field, given, allowed }) =>
        `  ${field}: got ${given === undefined ? 'nothing' : JSON.stringify(given)}; ${allowed}`,
    );
    super(['The configuration cannot be used:', ...lines].join('\n'));
  }
}

function given(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    raw,
  );
}

function problemsOf(error: z.ZodError, raw: unknown): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(configurationFields.shape).join(', ');
      return issue.keys.map((field) => ({
        field,
        given: given(raw, [field]),
        allowed: `there is no such field; there are: ${known}.`,
      }));
    }
    return [{ field: issue.path.join('.'), given: given(raw, issue.path), allowed: issue.message }];
  });
}

/**
 * Checks a configuration and fills in its defaults.
 *
 * @throws ConfigurationError with every problem, not only the first.
 */
export function parseConfiguration(raw: unknown): Configuration {
  const parsed = configurationFields.safeParse(raw);
  if (!parsed.success) {
    throw new ConfigurationError(problemsOf(parsed.error, raw));
  }
  const { region, bucketName } = parsed.data;
  const configuration = {
    ...parsed.data,
    artifactBucketName: parsed.data.artifactBucketName ?? `${bucketName}-artifacts`,
    availabilityZones: parsed.data.availabilityZones ?? [`${region}a`, `${region}b`],
  };
  const problems = [
    ...bucketNameProblems('bucketName', bucketName),
    ...artifactBucketProblems(configuration),
    ...queueNameProblems('queueName', configuration.queueName),
    ...prefixProblems(configuration),
    ...namePrefixProblems(configuration.namePrefix),
    ...fleetProblems(configuration),
    ...nodeProblems(configuration),
    ...queueScalingProblems(queueScaling(configuration), configuration),
    ...taskSecondsProblems(configuration.longestTaskSeconds),
    ...(configuration.visibilityTimeoutSeconds === undefined
      ? []
      : visibilityTimeoutProblems(configuration.visibilityTimeoutSeconds)),
    ...maxReceiveCountProblems(configuration.maxReceiveCount),
    ...tasksPerInstanceProblems(configuration.tasksPerInstance),
    ...workerSettingsProblems(configuration.workerSettings),
    ...encryptionKeyProblems(configuration.encryptionKey),
    ...notificationProblems(configuration.uploadsPrefix, configuration),
    ...(configuration.stateBucket === undefined
      ? []
      : bucketNameProblems('stateBucket', configuration.stateBucket)),
    ...(configuration.accessLogBucketName === undefined
      ? []
      : bucketNameProblems('accessLogBucketName', configuration.accessLogBucketName)),
    ...lifecycleProblems(configuration),
    ...alarmThresholdProblems(configuration),
    ...networkProblems(configuration),
    ...originProblems(configuration.corsOrigins ?? []),
    ...(configuration.alarmEmail === undefined ? [] : emailProblems(configuration.alarmEmail)),
    ...protectionProblems(configuration),
    ...tagProblems(configuration.tags),
    ...zoneProblems(region, configuration.availabilityZones),
    ...webProblems(configuration.namePrefix, configuration),
  ];
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }
  return configuration;
}
