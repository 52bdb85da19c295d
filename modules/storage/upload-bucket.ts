import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketCorsConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Annotations, type ITerraformDependable, Lazy } from 'cdktf';
import type { Construct } from 'constructs';

import type { PolicyStatement } from '../policy-document';
import { policyDocument, tlsOnly } from '../policy-document';
import { protection, protectionProblems } from '../protection';
import { type Prefixes, bucketNameProblems, prefixProblems, refuse } from '../validation';
import { BucketLifecycle, type LifecycleRules } from './bucket-lifecycle';
import { type NotificationFilters, keyFilters, notificationProblems } from './notification-filters';
import { originProblems } from './origins';
import { PrivateBucketSettings } from './private-bucket-settings';
import { UploadBucketBase } from './upload-bucket-base';

/** What a deployer may choose of an {@link UploadBucket}. */
export interface UploadBucketChoices extends LifecycleRules, NotificationFilters {
  /**
   * Opens every object of the bucket to everyone on the internet: the public access block off, and the policy
   * `PublicReadObjects`. For a demonstration with files that anyone may see.
   *
   * @default false
   */
  readonly publicReadDemo?: boolean | undefined;
  /**
   * Bucket that S3 writes access logs to, below the upload bucket's name; its policy must let `logging.s3.amazonaws.com`
   * put objects there.
   *
   * @default none: no access logs
   */
  readonly accessLogBucketName?: string | undefined;
  /** Origins of sites whose pages may upload and read from a browser, as `https://films.example`. @default none */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Lets Terraform delete the bucket although there is something in it, and what is in it. @default false */
  readonly forceDestroy?: boolean | undefined;
}

/** Settings of an {@link UploadBucket}. */
export interface UploadBucketProps extends Prefixes, UploadBucketChoices {
  /** Name of the bucket, unique among all of AWS. */
  readonly bucketName: string;
  /** Customer-managed KMS key that encrypts the objects. @default S3's own keys (AES-256) */
  readonly encryptionKeyArn?: string | undefined;
  /** Makes every plan fail that would destroy the bucket. @default false */
  readonly preventDestroy?: boolean | undefined;
}

/** The bucket that uploads arrive in and results go to. */
export class UploadBucket extends UploadBucketBase {
  readonly bucketName: string;
  readonly arn: string;
  readonly uploadsPrefix: string;
  readonly processedPrefix: string;
  readonly encryptionKeyArn: string | undefined;
  readonly settings: PrivateBucketSettings;
  readonly lifecycle: BucketLifecycle;
  /** The provider's resources, for `addOverride`; those of `settings` and `lifecycle` stand there. */
  readonly resources: {
    readonly bucket: S3Bucket;
    readonly versioning: S3BucketVersioningA;
    readonly policy: S3BucketPolicy;
    readonly logging?: S3BucketLoggingA;
  };

  private readonly origins: string[] = [];

  /**
   * @throws ValidationError for what S3 refuses (names, days, overlapping filters, origins), for prefixes that lie in one
   * another, and for results that could not be read at once.
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: UploadBucketProps,
  ) {
    super(scope, id);
    const { bucketName, uploadsPrefix, processedPrefix, publicReadDemo = false, encryptionKeyArn } = props;
    refuse([
      ...bucketNameProblems('bucketName', bucketName),
      ...prefixProblems(props),
      ...notificationProblems(uploadsPrefix, props),
      ...protectionProblems(props),
    ]);
    this.uploadsPrefix = uploadsPrefix;
    this.processedPrefix = processedPrefix;
    this.encryptionKeyArn = encryptionKeyArn;

    const bucket = new S3Bucket(this, 'bucket', {
      bucket: bucketName,
      forceDestroy: props.forceDestroy ?? false,
      ...protection(props.preventDestroy ?? false),
    });
    this.bucketName = bucket.bucket;
    this.arn = bucket.arn;

    // Versions keep an upload that is overwritten while its task waits: the worker processes the version of the event.
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket: bucket.id,
      versioningConfiguration: { status: 'Enabled' },
    });
    this.settings = new PrivateBucketSettings(this, 'settings', {
      bucketId: bucket.id,
      publicPolicyAllowed: publicReadDemo,
      encryptionKeyArn,
    });
    this.lifecycle = new BucketLifecycle(this, 'lifecycle', { ...props, bucketId: bucket.id, versioning });
    const policy = new S3BucketPolicy(this, 'policy', {
      bucket: bucket.id,
      policy: policyDocument(
        tlsOnly('s3:*', [bucket.arn, `${bucket.arn}/*`]),
        ...(publicReadDemo ? [publicRead(bucket.arn)] : []),
      ),
      // S3 refuses a public policy while the block stands.
      dependsOn: [this.settings.resources.publicAccessBlock],
    });
    this.resources = { bucket, versioning, policy, ...this.accessLogs() };
    if (publicReadDemo) {
      Annotations.of(this).addWarning(
        `publicReadDemo is on: everyone on the internet can read every object of ${bucketName}, uploads and results.`,
      );
    }
    this.allowOrigins(...(props.corsOrigins ?? []));
  }

  /**
   * Announces every object that is created below the uploads prefix (or what the notification filters leave of them), by
   * whatever operation.
   *
   * @param allowed what must exist before S3 may publish: the topic's policy.
   */
  announceUploads(topicArn: string, allowed: ITerraformDependable): S3BucketNotification {
    const filters = keyFilters(this.uploadsPrefix, this.props);
    return new S3BucketNotification(this, 'notification', {
      bucket: this.bucketName,
      topic: filters.map((filter, index) => ({
        id: index === 0 ? 'uploads' : `uploads-${index + 1}`,
        topicArn,
        events: ['s3:ObjectCreated:*'],
        ...filter,
      })),
      dependsOn: [allowed],
    });
  }

  /**
   * Lets pages of further origins upload and read from a browser: CORS.
   *
   * @throws ValidationError for what is no origin.
   */
  allowOrigins(...origins: readonly string[]): void {
    refuse(originProblems(origins));
    const first = this.origins.length === 0;
    this.origins.push(...origins);
    if (!first || origins.length === 0) {
      return;
    }
    new S3BucketCorsConfiguration(this, 'cors', {
      bucket: this.bucketName,
      corsRule: [
        {
          allowedOrigins: Lazy.listValue({ produce: () => this.origins }),
          allowedMethods: ['GET', 'HEAD', 'PUT', 'POST'],
          allowedHeaders: ['*'],
          // A browser that uploads in parts completes them by their ETags.
          exposeHeaders: ['ETag'],
          maxAgeSeconds: 3_600,
        },
      ],
    });
  }

  private accessLogs(): { readonly logging?: S3BucketLoggingA } {
    const { accessLogBucketName, bucketName } = this.props;
    if (accessLogBucketName === undefined) {
      return {};
    }
    refuse(bucketNameProblems('accessLogBucketName', accessLogBucketName));
    const logging = new S3BucketLoggingA(this, 'access-logs', {
      bucket: this.bucketName,
      targetBucket: accessLogBucketName,
      targetPrefix: `${bucketName}/`,
    });
    return { logging };
  }
}

function publicRead(bucketArn: string): PolicyStatement {
  return { Sid: 'PublicReadObjects', Principal: '*', Action: 's3:GetObject', Resource: `${bucketArn}/*` };
}
