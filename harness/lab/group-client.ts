import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import { administrator } from '../support/account';
import type { LabOutputs } from './outputs';

/** An instance of the worker group that Auto Scaling reports as in service. */
export interface GroupMember {
  readonly instanceId: string;
  readonly zone: string;
}

/** The worker group as Auto Scaling describes it. */
export interface GroupDescription {
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
  readonly inService: readonly GroupMember[];
  /** Members that are launched or terminated right now, or wait in between. */
  readonly comingOrGoing: number;
  readonly subnets: readonly string[];
}

/** An operator's view of the worker group, by the Auto Scaling and EC2 APIs alone. */
export class GroupClient {
  private readonly autoScaling: AutoScalingClient;
  private readonly ec2: EC2Client;
  private readonly loadBalancing: ElasticLoadBalancingV2Client;

  constructor(
    endpoint: string,
    private readonly outputs: LabOutputs,
  ) {
    const common = { endpoint, region: outputs.region, credentials: administrator };
    this.autoScaling = new AutoScalingClient(common);
    this.ec2 = new EC2Client(common);
    this.loadBalancing = new ElasticLoadBalancingV2Client(common);
  }

  /**
   * @param groupName @default the worker group
   * @throws Error when there is no such group.
   */
  async describe(groupName = this.outputs.workerGroupName): Promise<GroupDescription> {
    const { AutoScalingGroups } = await this.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
    );
    const group = AutoScalingGroups?.[0];
    if (group === undefined) {
      throw new Error(`There is no Auto Scaling group ${groupName}.`);
    }
    const { Instances = [] } = group;
    const inService = Instances.flatMap(({ InstanceId, AvailabilityZone, LifecycleState }) =>
      InstanceId !== undefined && AvailabilityZone !== undefined && LifecycleState === 'InService'
        ? [{ instanceId: InstanceId, zone: AvailabilityZone }]
        : [],
    );
    return {
      minSize: group.MinSize ?? 0,
      maxSize: group.MaxSize ?? 0,
      desiredCapacity: group.DesiredCapacity ?? 0,
      inService,
      comingOrGoing: Instances.length - inService.length,
      subnets: (group.VPCZoneIdentifier ?? '').split(','),
    };
  }

  /** Launches one instance from the worker launch template, outside of the group, and returns its id. */
  async launchFromTemplate(subnetId: string): Promise<string> {
    const { Instances } = await this.ec2.send(
      new RunInstancesCommand({
        LaunchTemplate: { LaunchTemplateId: this.outputs.workerLaunchTemplateId, Version: '$Latest' },
        SubnetId: subnetId,
        MinCount: 1,
        MaxCount: 1,
      }),
    );
    const instanceId = Instances?.[0]?.InstanceId;
    if (instanceId === undefined) {
      throw new Error(`RunInstances from ${this.outputs.workerLaunchTemplateId} gave no instance.`);
    }
    return instanceId;
  }

  /** Instances that the load balancer sends requests to; none where there is no web tier. */
  async healthyTargets(): Promise<string[]> {
    const { webTargetGroupArn } = this.outputs;
    if (webTargetGroupArn === undefined) {
      return [];
    }
    const { TargetHealthDescriptions } = await this.loadBalancing.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: webTargetGroupArn }),
    );
    return (TargetHealthDescriptions ?? []).flatMap(({ Target, TargetHealth }) =>
      TargetHealth?.State === 'healthy' ? (Target?.Id ?? []) : [],
    );
  }

  /** Terminates a member by Auto Scaling, which lets its lifecycle hooks wait, and replaces it. */
  async terminateInGroup(InstanceId: string): Promise<void> {
    await this.autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: false }),
    );
  }

  async terminate(instanceId: string): Promise<void> {
    await this.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  }

  /** What the given instances were made of, each distinct combination once: AMI, type, role, security groups, key pair. */
  async make(instanceIds: readonly string[]): Promise<string[]> {
    const { Reservations } = await this.ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [...instanceIds] }),
    );
    const instances = (Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []);
    const made = instances.map((instance) =>
      [
        instance.ImageId,
        instance.InstanceType,
        instance.IamInstanceProfile?.Arn?.split('/').at(-1) ?? 'no role',
        (instance.SecurityGroups ?? []).map(({ GroupId }) => GroupId).join('+'),
        instance.KeyName ?? 'no key pair',
      ].join(', '),
    );
    return [...new Set(made)];
  }

  close(): void {
    this.autoScaling.destroy();
    this.ec2.destroy();
    this.loadBalancing.destroy();
  }
}
