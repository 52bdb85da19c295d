import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { Construct } from 'constructs';

import { type FleetSettings, WorkerFleet, type WorkerSettings } from './compute';
import { type NodeChoices, nodeArtifacts, nodeProblems } from './compute/node-runtime';
import { type QueueScalingChoices, queueScaling } from './compute/queue-scaling';
import { EncryptionKey } from './encryption';
import { QueueSubscription, TaskQueue, type TaskQueueChoices, UploadTopic } from './messaging';
import { Network, type NetworkChoices } from './network';
import { workerServicesProblems } from './network/network-choices';
import { Observability, type ObservabilityChoices } from './observability';
import { type Artifact, ArtifactBucket, UploadBucket, type UploadBucketChoices } from './storage';
import { type Tags, tagAll } from './tags';
import {
  type Prefixes,
  artifactBucketProblems,
  encryptionKeyProblems,
  namePrefixProblems,
  refuse,
} from './validation';
import { WebTier } from './web';
import { type WebChoices, webProblems, webSettings } from './web/web-choices';

/** Settings of an {@link UploadPipeline}. */
export interface UploadPipelineProps
  extends
    FleetSettings,
    NodeChoices,
    QueueScalingChoices,
    Prefixes,
    NetworkChoices,
    UploadBucketChoices,
    TaskQueueChoices,
    ObservabilityChoices,
    WebChoices {
  /** Beginning of the names of everything that has no name of its own below: two pipelines live in one account. */
  readonly namePrefix: string;
  /** AWS region that it stands in. */
  readonly region: string;
  /** At least 2 zones of the region. */
  readonly availabilityZones: readonly string[];
  /** Name of the bucket, unique among all of AWS. */
  readonly bucketName: string;
  /** Bucket for what instances download when they boot. */
  readonly artifactBucketName: string;
  /** Name of the queue; those of its dead-letter queues begin with it. */
  readonly queueName: string;
  /** Path of the archive with the worker. */
  readonly workerArtifact: string;
  /** Path of the archive with ffmpeg, unpacked beside the worker. @default none: the AMI brings ffmpeg, or no media is made */
  readonly mediaArtifact?: string | undefined;
  /**
   * Tasks that a worker has at a time.
   *
   * @default 2 where `mediaArtifact` is given, since a worker encodes its movies one after the other; else 10
   */
  readonly tasksPerInstance?: number | undefined;
  /** What the worker is told besides, by the names of its own variables, as `METRICS_NAMESPACE`. @default the worker's own */
  readonly workerSettings?: WorkerSettings | undefined;
  /** Delivers S3's events to the queue as they are, without SNS's envelope; the worker reads both. @default false */
  readonly rawMessageDelivery?: boolean | undefined;
  /**
   * What encrypts uploads, announcements and tasks at rest: `aws`, keys of S3's and SQS's own (and none for the topic, since
   * S3 cannot use one there); `customer`, a KMS key made here; or the ARN of a KMS key whose policy lets S3, SNS and
   * CloudWatch use it.
   *
   * @default aws
   */
  readonly encryptionKey?: string | undefined;
  /** Makes every plan fail that would destroy what holds data: the upload bucket, the queues, the key. @default false */
  readonly preventDestroy?: boolean | undefined;
  /** Alarms with a runbook, and a dashboard. @default true */
  readonly observability?: boolean | undefined;
  /** Tags of everything that can be tagged, instances included. @default none but their names */
  readonly tags?: Tags | undefined;
}

/** A movie is encoded, and beside it a smaller task is done; another movie would wait for its turn. */
const tasksWithFfmpeg = 2;

/** The whole architecture: S3 → SNS → SQS → workers in an Auto Scaling group → S3, and a site for people in front of it. */
export class UploadPipeline extends Construct {
  readonly network: Network;
  /** The key that is made for `encryptionKey: 'customer'`. */
  readonly key: EncryptionKey | undefined;
  readonly bucket: UploadBucket;
  readonly topic: UploadTopic;
  readonly queue: TaskQueue;
  readonly subscription: QueueSubscription;
  readonly artifacts: ArtifactBucket;
  readonly workers: WorkerFleet;
  /** The site, where `webTier` is on. */
  readonly web: WebTier | undefined;
  readonly observability: Observability | undefined;

  /** @throws ValidationError for the first setting that AWS or this architecture would refuse. */
  constructor(scope: Construct, id: string, props: UploadPipelineProps) {
    super(scope, id);
    const { namePrefix, region, encryptionKey = 'aws', observability = true } = props;
    refuse([
      ...namePrefixProblems(namePrefix),
      ...artifactBucketProblems(props),
      ...encryptionKeyProblems(encryptionKey),
      ...webProblems(namePrefix, props),
      ...nodeProblems(props),
      ...workerServicesProblems(props),
    ]);
    tagAll(this, props.tags);
    const { accountId } = new DataAwsCallerIdentity(this, 'account');
    const topicName = `${namePrefix}-uploads`;

    this.network = new Network(this, 'network', { ...props, name: namePrefix });
    if (encryptionKey === 'customer') {
      // By their names: all of these need the key first.
      this.key = new EncryptionKey(this, 'key', {
        ...props,
        name: namePrefix,
        accountId,
        bucketArns: [`arn:aws:s3:::${props.bucketName}`],
        topicArns: [`arn:aws:sns:${region}:${accountId}:${topicName}`],
        alarmArns: [`arn:aws:cloudwatch:${region}:${accountId}:alarm:${namePrefix}-*`],
      });
    }
    const placed = {
      ...props,
      accountId,
      encryptionKeyArn: this.key?.arn ?? (encryptionKey === 'aws' ? undefined : encryptionKey),
    };
    this.bucket = new UploadBucket(this, 'uploads', placed);
    this.topic = new UploadTopic(this, 'announcements', {
      ...placed,
      topicName,
      bucketArn: this.bucket.arn,
    });
    this.queue = new TaskQueue(this, 'tasks', { ...placed, topicArn: this.topic.arn });
    this.subscription = new QueueSubscription(this, 'subscription', {
      ...placed,
      topicArn: this.topic.arn,
      queue: this.queue,
    });
    this.bucket.announceUploads(this.topic.arn, this.topic.resources.policy);

    this.artifacts = new ArtifactBucket(this, 'artifacts', { bucketName: props.artifactBucketName });
    const node = nodeArtifacts(this.artifacts, props);
    this.workers = new WorkerFleet(this, 'workers', {
      ...props,
      name: `${namePrefix}-workers`,
      accountId,
      network: this.network,
      bucket: this.bucket,
      queue: this.queue,
      scaling: queueScaling(props),
      tasksPerInstance:
        props.tasksPerInstance ?? (props.mediaArtifact === undefined ? undefined : tasksWithFfmpeg),
      artifacts: [
        ...node,
        this.artifacts.add('worker', props.workerArtifact),
        ...(props.mediaArtifact === undefined ? [] : [this.artifacts.add('media', props.mediaArtifact)]),
      ],
    });
    this.web = this.webTier(props, node);
    if (observability) {
      this.observability = new Observability(this, 'observability', {
        ...placed,
        name: namePrefix,
        topic: this.topic,
        queue: this.queue,
        subscription: this.subscription,
        workers: this.workers.instances,
        web: this.web,
      });
    }
  }

  private webTier(props: UploadPipelineProps, node: readonly Artifact[]): WebTier | undefined {
    const { namePrefix, webTier = false, webArtifact } = props;
    if (!webTier || webArtifact === undefined) {
      return undefined;
    }
    return new WebTier(this, 'web', {
      ...webSettings(namePrefix, props),
      region: props.region,
      network: this.network,
      bucket: this.bucket,
      artifacts: [...node, this.artifacts.add('web', webArtifact)],
      instanceType: props.instanceType,
      architecture: props.architecture,
      imageId: props.imageId,
      keyPairName: props.keyPairName,
    });
  }
}
