import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { Construct } from 'constructs';

import { WorkerFleet } from './compute';
import { TaskQueue, UploadTopic } from './messaging';
import { Network } from './network';
import { ArtifactBucket, UploadBucket } from './storage';
import { type Tags, tagAll } from './tags';
import type { GroupSize, Prefixes } from './validation';

/** Settings of an {@link UploadPipeline}. */
export interface UploadPipelineProps extends GroupSize, Prefixes {
  /** Beginning of the names of everything that has no name of its own below: two pipelines live in one account. */
  readonly namePrefix: string;
  readonly region: string;
  /** At least 2 zones of the region. */
  readonly availabilityZones: readonly string[];
  readonly bucketName: string;
  /** Bucket for what instances download when they boot. */
  readonly artifactBucketName: string;
  readonly queueName: string;
  /** Path of the archive with Node and the worker. */
  readonly workerArtifact: string;
  /** Path of the archive with ffmpeg, unpacked over the worker. @default none: the AMI brings ffmpeg, or no media is made */
  readonly mediaArtifact?: string | undefined;
  readonly instanceType: string;
  /** More visible messages than this add a worker instance. */
  readonly scaleOutThreshold: number;
  /** How long a received task stays hidden from other workers, in seconds. @default 60 */
  readonly visibilityTimeoutSeconds?: number;
  /** @default none: Session Manager in place of SSH */
  readonly keyPairName?: string | undefined;
  /** Id of an AMI, or `resolve:ssm:<parameter>`. @default the newest Amazon Linux 2023 */
  readonly imageId?: string | undefined;
  /** Opens every object of the upload bucket to everyone. @default false */
  readonly publicReadDemo?: boolean;
  /** Tags of everything that can be tagged, instances included. @default none but their names */
  readonly tags?: Tags;
}

/** The whole architecture: S3 → SNS → SQS → workers in an Auto Scaling group → S3. */
export class UploadPipeline extends Construct {
  readonly network: Network;
  readonly bucket: UploadBucket;
  readonly topic: UploadTopic;
  readonly queue: TaskQueue;
  readonly workers: WorkerFleet;

  /** @throws ValidationError for the first setting that AWS or this architecture would refuse. */
  constructor(scope: Construct, id: string, props: UploadPipelineProps) {
    super(scope, id);
    tagAll(this, props.tags);
    const { namePrefix, region } = props;
    const { accountId } = new DataAwsCallerIdentity(this, 'account');

    this.network = new Network(this, 'network', {
      name: namePrefix,
      region,
      availabilityZones: props.availabilityZones,
    });
    this.bucket = new UploadBucket(this, 'uploads', props);
    this.topic = new UploadTopic(this, 'announcements', {
      topicName: `${namePrefix}-uploads`,
      bucketArn: this.bucket.arn,
      region,
      accountId,
    });
    this.queue = new TaskQueue(this, 'tasks', { ...props, topicArn: this.topic.arn, region, accountId });
    this.topic.subscribe(this.queue);
    this.bucket.announceUploads(this.topic.arn, this.topic.policy);

    const artifacts = new ArtifactBucket(this, 'artifacts', { bucketName: props.artifactBucketName });
    this.workers = new WorkerFleet(this, 'workers', {
      ...props,
      name: `${namePrefix}-workers`,
      accountId,
      network: this.network,
      bucket: this.bucket,
      queue: this.queue,
      artifacts: [
        artifacts.add('worker', props.workerArtifact),
        ...(props.mediaArtifact === undefined ? [] : [artifacts.add('media', props.mediaArtifact)]),
      ],
    });
  }
}
