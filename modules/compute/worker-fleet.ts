import { Construct } from 'constructs';

import type { TaskQueueBase } from '../messaging';
import type { Network } from '../network';
import type { Artifact, UploadBucketBase } from '../storage';
import { refuse, tasksPerInstanceProblems } from '../validation';
import { BacklogTracking } from './backlog-tracking';
import type { FleetSettings } from './fleet-settings';
import { InstanceFleet, drainHookName, groupArn } from './instance-fleet';
import type { InstanceRole } from './instance-role';
import { type QueueScaling, queueScalingProblems } from './queue-scaling';
import { StepScaling } from './step-scaling';
import { launchHookName } from './warm-pool';
import { type WorkerSettings, workerSettingsProblems, workerVariables } from './worker-settings';

/** The systemd unit that user data installs; operators stop and start the worker by this name. */
export const workerService = 'upload-worker.service';

/** A task that takes longer than it should may still end when its instance is taken. */
const leastDrainSeconds = 3_600;

/** Settings of a {@link WorkerFleet}. */
export interface WorkerFleetProps extends FleetSettings {
  /** Name of the group, and beginning of the names of all that belongs to it. */
  readonly name: string;
  /** AWS region that it stands in. */
  readonly region: string;
  /** Id of the AWS account. */
  readonly accountId: string;
  /** Network whose private subnets the instances stand in. */
  readonly network: Network;
  /** Bucket that the workers take uploads from and put results in. */
  readonly bucket: UploadBucketBase;
  /** Queue that the workers take tasks from. */
  readonly queue: TaskQueueBase;
  /** Node and the worker, and what they may need beside them (ffmpeg). */
  readonly artifacts: readonly Artifact[];
  /** How the number of workers follows the tasks. */
  readonly scaling: QueueScaling;
  /**
   * Tasks that a worker has at a time. Few for long tasks: what one worker has, no other takes, and no alarm counts.
   *
   * @default the worker's own, 10
   */
  readonly tasksPerInstance?: number | undefined;
  /**
   * What the worker is told besides: `METRICS_NAMESPACE`, `OTEL_EXPORTER_OTLP_ENDPOINT`, `HEALTH_PORT`, `LOG_LEVEL`,
   * `UPSCALE_MOVIES`, `DRAIN_SECONDS` and `SQS_TRANSPORT`, as docs/worker-guide.md says.
   *
   * @default the worker's own
   */
  readonly workerSettings?: WorkerSettings | undefined;
}

/** The worker group: takes tasks from the queue, scales by its depth, and stands behind no load balancer. */
export class WorkerFleet extends Construct {
  readonly groupName: string;
  readonly launchTemplateId: string;
  /** The role of its instances; grant it what a processor of your own needs. */
  readonly role: InstanceRole;
  readonly instances: InstanceFleet;

  /** @throws ValidationError for the first setting that AWS or this architecture would refuse. */
  constructor(scope: Construct, id: string, props: WorkerFleetProps) {
    super(scope, id);
    const { name, region, accountId, bucket, queue, tasksPerInstance, workerSettings } = props;
    refuse([
      ...queueScalingProblems(props.scaling, props),
      ...tasksPerInstanceProblems(tasksPerInstance),
      ...workerSettingsProblems(workerSettings),
    ]);
    const terminationDrainSeconds = Math.max(leastDrainSeconds, queue.longestTaskSeconds);
    this.instances = new InstanceFleet(this, 'instances', {
      ...props,
      drainSeconds: heartbeatSeconds(terminationDrainSeconds),
      securityGroup: { id: 'workers', description: 'Workers: nothing comes in' },
      service: {
        unit: workerService,
        description: 'Upload Pipeline worker',
        program: 'bin/upload-worker',
        // A tool that the kernel kills for its memory ends its task; by default systemd ends the worker with all of them.
        settings: ['OOMPolicy=continue'],
        stopSeconds: stopSeconds(workerSettings),
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
          TERMINATION_DRAIN_SECONDS: String(terminationDrainSeconds),
          AUTO_SCALING_GROUP_NAME: name,
          LIFECYCLE_HOOK_NAME: drainHookName(name),
          ...(props.warmPool === undefined ? {} : { LAUNCH_HOOK_NAME: launchHookName(name) }),
          ...(tasksPerInstance === undefined ? {} : { WORKER_CONCURRENCY: String(tasksPerInstance) }),
          ...workerVariables(workerSettings),
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
    this.scale(props);
  }

  private scale({ name, queue, scaling }: WorkerFleetProps): void {
    const { groupName } = this;
    if (scaling.policyType === 'StepScaling') {
      const { scaleOutThreshold } = scaling;
      new StepScaling(this, 'scaling', { name, groupName, queue, scaleOutThreshold });
      return;
    }
    new BacklogTracking(this, 'scaling', {
      name,
      groupName,
      queue,
      inService: this.instances.metricInService(),
      backlogPerInstance: scaling.backlogPerInstance,
    });
  }
}

/** Longer than the drain, so that aborted tasks still give their messages back; the usual time is for the usual drain. */
function stopSeconds({ DRAIN_SECONDS }: WorkerSettings = {}): number | undefined {
  return DRAIN_SECONDS === undefined ? undefined : DRAIN_SECONDS + 30;
}

/**
 * A draining worker sends a heartbeat every 20 s, so that the hook waits for a long task and yet not long for a dead
 * worker: at most 100 times this timeout.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
 */
function heartbeatSeconds(terminationDrainSeconds: number): number {
  return Math.max(120, Math.ceil(terminationDrainSeconds / 100));
}
