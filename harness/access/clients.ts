import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

import { administrator } from '../support/account';

/** Where the services answer. */
export interface Where {
  readonly endpoint: string;
  readonly region: string;
}

/** The services that keep policies and what policies speak of, as the administrator sees them. */
export class Clients {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;

  constructor(where: Where) {
    const common = { ...where, credentials: administrator };
    this.autoScaling = new AutoScalingClient(common);
    this.cloudWatch = new CloudWatchClient(common);
    this.iam = new IAMClient(common);
    this.kms = new KMSClient(common);
    this.s3 = new S3Client({ ...common, forcePathStyle: true });
    this.sns = new SNSClient(common);
    this.sqs = new SQSClient(common);
  }

  close(): void {
    const { autoScaling, cloudWatch, iam, kms, s3, sns, sqs } = this;
    for (const client of [autoScaling, cloudWatch, iam, kms, s3, sns, sqs]) {
      client.destroy();
    }
  }
}
