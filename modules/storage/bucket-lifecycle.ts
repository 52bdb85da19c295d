import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

import { type Problem, refuse } from '../validation';

/** Classes that a browser can read from at once: those of Glacier that must be restored first are left out. */
export const readableStorageClasses = [
  'STANDARD',
  'INTELLIGENT_TIERING',
  'STANDARD_IA',
  'ONEZONE_IA',
  'GLACIER_IR',
] as const;

/** One of {@link readableStorageClasses}. */
export type ReadableStorageClass = (typeof readableStorageClasses)[number];

/** When S3 tidies up by itself. */
export interface LifecycleRules {
  /** After how many days the parts of an upload that was never completed are deleted. @default 7 */
  readonly incompleteUploadDays?: number | undefined;
  /**
   * After how many days versions are deleted that newer ones have replaced, or that were deleted; 14 and more, since a task
   * may wait as long for the version it names.
   *
   * @default 30
   */
  readonly noncurrentVersionDays?: number | undefined;
  /** Class that results are moved to; `STANDARD` leaves them where they are. @default INTELLIGENT_TIERING */
  readonly processedStorageClass?: ReadableStorageClass | undefined;
  /** After how many days results are moved; S3 takes 30 and more for the classes of infrequent access. @default 30 */
  readonly processedTransitionDays?: number | undefined;
}

/** Settings of a {@link BucketLifecycle}. */
export interface BucketLifecycleProps extends LifecycleRules {
  readonly bucketId: string;
  /** Folder of the bucket that results go to, as `processed/`; outside of that of the uploads. */
  readonly processedPrefix: string;
  /** S3 wants versioning to stand before rules for versions. */
  readonly versioning: ITerraformDependable;
}

/** What S3 deletes and moves by itself: remains of uploads, replaced versions, results that grow cold. */
export class BucketLifecycle extends Construct {
  /** The provider's resources, for `addOverride`. */
  readonly resources: { readonly lifecycle: S3BucketLifecycleConfiguration };

  /** @throws ValidationError for days or a class that S3 refuses, and for a class that cannot be read at once. */
  constructor(scope: Construct, id: string, props: BucketLifecycleProps) {
    super(scope, id);
    const { bucketId, processedPrefix, versioning } = props;
    const { incompleteUploadDays, noncurrentVersionDays, processedStorageClass, processedTransitionDays } =
      chosen(props);
    refuse(lifecycleProblems(props));
    const lifecycle = new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: bucketId,
      rule: [
        {
          id: 'abort-incomplete-uploads',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: incompleteUploadDays }],
        },
        {
          id: 'expire-noncurrent-versions',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          noncurrentVersionExpiration: [{ noncurrentDays: noncurrentVersionDays }],
          // A worker deletes what it has processed; the marker that stays is removed with the last version under it.
          expiration: [{ expiredObjectDeleteMarker: true }],
        },
        ...(processedStorageClass === 'STANDARD'
          ? []
          : [
              {
                id: 'move-results-to-a-colder-class',
                status: 'Enabled',
                filter: [{ prefix: processedPrefix }],
                transition: [{ days: processedTransitionDays, storageClass: processedStorageClass }],
              },
            ]),
      ],
      dependsOn: [versioning],
    });
    this.resources = { lifecycle };
  }
}

type Chosen = { readonly [Rule in keyof LifecycleRules]-?: NonNullable<LifecycleRules[Rule]> };

function chosen(rules: LifecycleRules): Chosen {
  return {
    incompleteUploadDays: rules.incompleteUploadDays ?? 7,
    noncurrentVersionDays: rules.noncurrentVersionDays ?? 30,
    processedStorageClass: rules.processedStorageClass ?? 'INTELLIGENT_TIERING',
    processedTransitionDays: rules.processedTransitionDays ?? 30,
  };
}

/** How long queues keep a task. */
const longestWaitDays = 14;

const infrequentAccess: readonly string[] = ['STANDARD_IA', 'ONEZONE_IA'];

function daysProblems(field: string, given: number, least: number): Problem[] {
  return Number.isInteger(given) && given >= least
    ? []
    : [{ field, given, allowed: `it must be a whole number of days, ${least} or more.` }];
}

/**
 * S3's rules for days and classes.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 */
export function lifecycleProblems(given: LifecycleRules): Problem[] {
  const rules = chosen(given);
  const { processedStorageClass, processedTransitionDays } = rules;
  const atOnce: readonly string[] = readableStorageClasses;
  return [
    ...daysProblems('incompleteUploadDays', rules.incompleteUploadDays, 1),
    ...daysProblems('noncurrentVersionDays', rules.noncurrentVersionDays, longestWaitDays),
    ...daysProblems(
      'processedTransitionDays',
      processedTransitionDays,
      infrequentAccess.includes(processedStorageClass) ? 30 : 0,
    ),
    ...(atOnce.includes(processedStorageClass)
      ? []
      : [
          {
            field: 'processedStorageClass',
            given: processedStorageClass,
            allowed: `results must stay readable at once: ${atOnce.join(', ')}.`,
          },
        ]),
  ];
}
