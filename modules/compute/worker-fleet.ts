import { Construct } from 'constructs';

import type { TaskQueueBase } from '../messaging';
import type { Network } from '../network';
import type { Artifact, UploadBucketBase } from '../storage';
import { type FleetSettings, InstanceFleet, drainHookName, groupArn } from './instance-fleet';
import type { InstanceRole } from './instance-role';
import { QueueScaling } from './queue-scaling';

/** The systemd unit that user data installs; operators stop and start the worker by this name. */
export const workerService = 'upload-worker.service';

/** Settings of a {@link WorkerFleet}. */
export interface WorkerFleetProps extends FleetSettings {
  /** Name of the group, and beginning of the names of all that belongs to it. */
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly network: Network;
  readonly bucket: UploadBucketBase;
  readonly queue: TaskQueueBase;
  /** Node and the worker, for x86-64, and what they may need beside them (ffmpeg). */
  readonly artifacts: readonly Artifact[];
  /** More visible messages than this add an instance. */
  readonly scaleOutThreshold: number;
}

/** The worker group: takes tasks from the queue, scales by its depth, and stands behind no load balancer. */
export class WorkerFleet extends Construct {
  readonly groupName: string;
  readonly launchTemplateId: string;
  /** The role of its instances; grant it what a processor of your own needs. */
  readonly role: InstanceRole;
  readonly instances: InstanceFleet;

  /** @throws ValidationError unless min ≤ desired ≤ max, or for a negative threshold. */
  constructor(scope: Construct, id: string, props: WorkerFleetProps) {
    super(scope, id);
    const { name, region, accountId, bucket, queue } = props;
    this.instances = new InstanceFleet(this, 'instances', {
      ...props,
      securityGroup: { id: 'workers', description: 'Workers: nothing comes in' },
      service: {
        unit: workerService,
        description: 'Upload Pipeline worker',
        program: 'bin/upload-worker',
        environment: {
          AWS_REGION: region,
          QUEUE_URL: queue.url,
          ...(queue.deadLetterQueueUrl === undefined
            ? {}
            : { DEAD_LETTER_QUEUE_URL: queue.deadLetterQueueUrl }),
          UPLOAD_BUCKET: bucket.bucketName,
          UPLOADS_PREFIX: bucket.uploadsPrefix,
          PROCESSED_PREFIX: bucket.processedPrefix,
          VISIBILITY_TIMEOUT_SECONDS: String(queue.visibilityTimeoutSeconds),
          AUTO_SCALING_GROUP_NAME: name,
          LIFECYCLE_HOOK_NAME: drainHookName(name),
        },
      },
    });
    this.groupName = this.instances.groupName;
    this.launchTemplateId = this.instances.launchTemplateId;
    this.role = this.instances.role;
    queue.grantConsume(this.role);
    bucket.grantProcess(this.role);
    this.role.grant({
      Sid: 'TellTheGroup',
      Action: [
        'autoscaling:SetInstanceProtection',
        'autoscaling:RecordLifecycleActionHeartbeat',
        'autoscaling:CompleteLifecycleAction',
      ],
      Resource: groupArn(region, accountId, name),
    });
    new QueueScaling(this, 'scaling', {
      name,
      groupName: this.groupName,
      queue,
      scaleOutThreshold: props.scaleOutThreshold,
    });
  }
}
