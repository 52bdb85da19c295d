import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { AutoscalingLifecycleHook } from '@cdktf/provider-aws/lib/autoscaling-lifecycle-hook';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import { Fn, TerraformLocal } from 'cdktf';
import { Construct } from 'constructs';

import type { TaskQueueBase } from '../messaging';
import type { Network } from '../network';
import type { Artifact, UploadBucketBase } from '../storage';
import { type GroupSize, groupSizeProblems, refuse } from '../validation';
import { InstanceRole } from './instance-role';
import { QueueScaling } from './queue-scaling';
import { workerUserData } from './user-data';

/** The public parameter that names the newest Amazon Linux 2023 AMI; EC2 resolves it at each launch. */
const amazonLinux = 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';

/** Settings of a {@link WorkerFleet}. */
export interface WorkerFleetProps extends GroupSize {
  /** Name of the group, and beginning of the names of all that belongs to it. */
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly network: Network;
  readonly bucket: UploadBucketBase;
  readonly queue: TaskQueueBase;
  /** Node and the worker, for x86-64, and what they may need beside them (ffmpeg). */
  readonly artifacts: readonly Artifact[];
  readonly instanceType: string;
  /** More visible messages than this add an instance. */
  readonly scaleOutThreshold: number;
  /** Id of an AMI, or `resolve:ssm:<parameter>`. @default the newest Amazon Linux 2023 */
  readonly imageId?: string | undefined;
  /** Key pair for the instances; the security group still lets no SSH in. @default none: Session Manager */
  readonly keyPairName?: string | undefined;
  /** How long a terminating instance may take to finish its tasks, in seconds. @default 120 */
  readonly drainSeconds?: number;
}

/** The worker group: instances made alike by a launch template, over all zones, behind no load balancer. */
export class WorkerFleet extends Construct {
  readonly groupName: string;
  readonly launchTemplateId: string;
  /** The role of its instances; grant it what a processor of your own needs. */
  readonly role: InstanceRole;

  /** @throws ValidationError unless min ≤ desired ≤ max, or for a negative threshold. */
  constructor(scope: Construct, id: string, props: WorkerFleetProps) {
    super(scope, id);
    refuse(groupSizeProblems(props));
    const { name, region, accountId, network, bucket, queue, artifacts, drainSeconds = 120 } = props;
    const hookName = `${name}-drain`;

    this.role = new InstanceRole(this, 'role', { roleName: name });
    this.role.grant({
      Sid: 'DownloadArtifacts',
      Action: 's3:GetObject',
      Resource: artifacts.map(({ arn }) => arn),
    });
    queue.grantConsume(this.role);
    bucket.grantProcess(this.role);
    this.role.grant({
      Sid: 'TellTheGroup',
      Action: [
        'autoscaling:SetInstanceProtection',
        'autoscaling:RecordLifecycleActionHeartbeat',
        'autoscaling:CompleteLifecycleAction',
      ],
      Resource: `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${name}`,
    });
    // As a local value the script stays readable in the synthesized JSON.
    const userData = new TerraformLocal(
      this,
      'user-data',
      workerUserData({
        region,
        artifactUris: artifacts.map(({ s3Uri }) => s3Uri),
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
          LIFECYCLE_HOOK_NAME: hookName,
        },
      }),
    );
    const template = new LaunchTemplate(this, 'template', {
      name,
      imageId: props.imageId ?? amazonLinux,
      instanceType: props.instanceType,
      ...(props.keyPairName === undefined ? {} : { keyName: props.keyPairName }),
      iamInstanceProfile: { arn: this.role.instanceProfileArn },
      vpcSecurityGroupIds: [network.instanceSecurityGroup('workers', 'Workers: nothing comes in').id],
      // One hop: a container on the instance does not get the instance's credentials.
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: { volumeType: 'gp3', volumeSize: 20, encrypted: 'true', deleteOnTermination: 'true' },
        },
      ],
      userData: Fn.base64encode(userData.asString),
      updateDefaultVersion: true,
    });
    this.launchTemplateId = template.id;

    const group = new AutoscalingGroup(this, 'group', {
      name,
      minSize: props.minSize,
      desiredCapacity: props.desiredCapacity,
      maxSize: props.maxSize,
      vpcZoneIdentifier: [...network.subnetIds],
      launchTemplate: { id: template.id, version: `\${${template.fqn}.latest_version}` },
      healthCheckType: 'EC2',
      healthCheckGracePeriod: 60,
      defaultInstanceWarmup: 60,
      tag: [{ key: 'Name', value: name, propagateAtLaunch: true }],
      // An instance that boots before it can reach its artifact, or may take it, never works.
      dependsOn: [this.role.resources.policy, ...network.reachability],
      // Scaling policies own it after the first apply.
      lifecycle: { ignoreChanges: ['desired_capacity'] },
    });
    this.groupName = group.name;
    new AutoscalingLifecycleHook(this, 'drain', {
      name: hookName,
      autoscalingGroupName: group.name,
      lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      heartbeatTimeout: drainSeconds,
      defaultResult: 'CONTINUE',
    });
    new QueueScaling(this, 'scaling', {
      name,
      groupName: group.name,
      queue,
      scaleOutThreshold: props.scaleOutThreshold,
    });
  }
}
