import { Construct } from 'constructs';

import type { Grantee } from '../grantee';
import type { Metric, MetricOptions } from '../metric';
import { useOfKey } from '../policy-document';

/** A bucket that uploads arrive in and results go to, whether it is made here or stands already. */
export abstract class UploadBucketBase extends Construct {
  abstract readonly bucketName: string;
  abstract readonly arn: string;
  abstract readonly uploadsPrefix: string;
  abstract readonly processedPrefix: string;
  /** Customer-managed KMS key of the objects. */
  abstract readonly encryptionKeyArn: string | undefined;

  /** Lets a worker fleet take uploads and put results in their place. */
  grantProcess(grantee: Grantee): void {
    grantee.grant(
      // Without it a HEAD of a missing object is a 403 and cannot be told from a forbidden one.
      { Sid: 'TellMissingFromForbidden', Action: 's3:ListBucket', Resource: this.arn },
      {
        Sid: 'TakeUploads',
        Action: [
          's3:GetObject',
          's3:GetObjectVersion',
          's3:GetObjectTagging',
          's3:GetObjectVersionTagging',
          's3:DeleteObject',
          's3:DeleteObjectVersion',
        ],
        Resource: `${this.arn}/${this.uploadsPrefix}*`,
      },
      {
        Sid: 'PutResults',
        Action: [
          's3:GetObject',
          's3:PutObject',
          's3:PutObjectTagging',
          's3:AbortMultipartUpload',
          // Renditions of a version that a newer one has replaced.
          's3:DeleteObject',
        ],
        Resource: `${this.arn}/${this.processedPrefix}*`,
      },
      ...useOfKey('WriteEncrypted', this.encryptionKeyArn, 'encryptDecrypt'),
    );
  }

  /** Lets a web fleet put files under the uploads prefix, as whoever has a form or a URL that it signed then may. */
  grantUpload(grantee: Grantee): void {
    grantee.grant(
      {
        Sid: 'Upload',
        Action: 's3:PutObject',
        Resource: `${this.arn}/${this.uploadsPrefix}*`,
      },
      ...useOfKey('UploadEncrypted', this.encryptionKeyArn, 'encrypt'),
    );
  }

  /** Lets a web fleet see the names of what is under both prefixes, and of nothing else. */
  grantList(grantee: Grantee): void {
    grantee.grant({
      Sid: 'List',
      Action: 's3:ListBucket',
      Resource: this.arn,
      Condition: { StringLike: { 's3:prefix': [`${this.uploadsPrefix}*`, `${this.processedPrefix}*`] } },
    });
  }

  /** Lets a web fleet read what the workers made. */
  grantReadResults(grantee: Grantee): void {
    grantee.grant(
      {
        Sid: 'ReadResults',
        Action: 's3:GetObject',
        Resource: `${this.arn}/${this.processedPrefix}*`,
      },
      ...useOfKey('ReadEncrypted', this.encryptionKeyArn, 'decrypt'),
    );
  }

  /** Objects of all classes, all versions of them; S3 counts once a day. @default Average of a day */
  metricObjects(options: MetricOptions = {}): Metric {
    return this.storageMetric('NumberOfObjects', 'AllStorageTypes', options);
  }

  /**
   * Bytes of a storage class, of all versions; S3 counts once a day.
   *
   * @param storageType as S3 names classes in CloudWatch: `StandardStorage`, `IntelligentTieringFAStorage`, …
   * @default Average of a day
   */
  metricBytes(storageType = 'StandardStorage', options: MetricOptions = {}): Metric {
    return this.storageMetric('BucketSizeBytes', storageType, options);
  }

  /** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html */
  private storageMetric(metricName: string, StorageType: string, options: MetricOptions): Metric {
    return {
      namespace: 'AWS/S3',
      metricName,
      dimensions: { BucketName: this.bucketName, StorageType },
      statistic: 'Average',
      period: 86_400,
      ...options,
    };
  }
}
