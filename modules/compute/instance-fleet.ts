import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { AutoscalingLifecycleHook } from '@cdktf/provider-aws/lib/autoscaling-lifecycle-hook';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Fn, TerraformLocal } from 'cdktf';
import { Construct } from 'constructs';

import type { Network } from '../network';
import type { Artifact } from '../storage';
import { type GroupSize, groupSizeProblems, refuse } from '../validation';
import { InstanceRole } from './instance-role';
import { type Service, userData } from './user-data';

/** The public parameter that names the newest Amazon Linux 2023 AMI; EC2 resolves it at each launch. */
const amazonLinux = 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';

/** What a person chooses for a fleet, whatever its instances do. */
export interface FleetSettings extends GroupSize {
  readonly instanceType: string;
  /** Id of an AMI, or `resolve:ssm:<parameter>`. @default the newest Amazon Linux 2023 */
  readonly imageId?: string | undefined;
  /** Key pair for the instances; the security group still lets no SSH in. @default none: Session Manager */
  readonly keyPairName?: string | undefined;
  /** How long a terminating instance may take to finish its work, in seconds. @default 120 */
  readonly drainSeconds?: number;
}

/** Settings of an {@link InstanceFleet}. */
export interface InstanceFleetProps extends FleetSettings {
  /** Name of the group, and beginning of the names of all that belongs to it. */
  readonly name: string;
  readonly region: string;
  readonly network: Network;
  /** Id of the instances' security group in the network, as `workers`, and what it is for. */
  readonly securityGroup: { readonly id: string; readonly description: string };
  /** What makes an instance what it is: archives for x86-64. */
  readonly artifacts: readonly Artifact[];
  readonly service: Service;
  /** Target groups of a load balancer, which then decides on the instances' health. @default none: EC2 decides */
  readonly targetGroupArns?: readonly string[];
}

/** Instances made alike by a launch template, kept alive over all zones by an Auto Scaling group. */
export class InstanceFleet extends Construct {
  readonly groupName: string;
  readonly launchTemplateId: string;
  /** May download the artifacts; grant it what its program needs. */
  readonly role: InstanceRole;
  readonly securityGroup: SecurityGroup;
  /** The provider's resources, for `addOverride`. */
  readonly resources: {
    readonly template: LaunchTemplate;
    readonly group: AutoscalingGroup;
    readonly drain: AutoscalingLifecycleHook;
  };

  /** @throws ValidationError unless min ≤ desired ≤ max. */
  constructor(scope: Construct, id: string, props: InstanceFleetProps) {
    super(scope, id);
    refuse(groupSizeProblems(props));
    const { name, network, artifacts, targetGroupArns = [] } = props;

    this.role = new InstanceRole(this, 'role', { roleName: name });
    this.role.grant({
      Sid: 'DownloadArtifacts',
      Action: 's3:GetObject',
      Resource: artifacts.map(({ arn }) => arn),
    });
    this.securityGroup = network.instanceSecurityGroup(
      props.securityGroup.id,
      props.securityGroup.description,
    );
    const template = this.launchTemplate(props);
    this.launchTemplateId = template.id;

    const group = new AutoscalingGroup(this, 'group', {
      name,
      minSize: props.minSize,
      desiredCapacity: props.desiredCapacity,
      maxSize: props.maxSize,
      vpcZoneIdentifier: [...network.subnetIds],
      launchTemplate: { id: template.id, version: `\${${template.fqn}.latest_version}` },
      ...(targetGroupArns.length === 0
        ? { healthCheckType: 'EC2' }
        : { healthCheckType: 'ELB', targetGroupArns: [...targetGroupArns] }),
      healthCheckGracePeriod: 60,
      defaultInstanceWarmup: 60,
      tag: [{ key: 'Name', value: name, propagateAtLaunch: true }],
      // An instance that boots before it can reach its artifact, or may take it, never works.
      dependsOn: [this.role.resources.policy, ...network.reachability],
      // Scaling policies own it after the first apply.
      lifecycle: { ignoreChanges: ['desired_capacity'] },
    });
    this.groupName = group.name;
    const drain = new AutoscalingLifecycleHook(this, 'drain', {
      name: drainHookName(name),
      autoscalingGroupName: group.name,
      lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      heartbeatTimeout: props.drainSeconds ?? 120,
      defaultResult: 'CONTINUE',
    });
    this.resources = { template, group, drain };
  }

  private launchTemplate({ name, region, artifacts, service, ...props }: InstanceFleetProps): LaunchTemplate {
    // As a local value the script stays readable in the synthesized JSON.
    const script = new TerraformLocal(
      this,
      'user-data',
      userData({ region, artifactUris: artifacts.map(({ s3Uri }) => s3Uri), service }),
    );
    return new LaunchTemplate(this, 'template', {
      name,
      imageId: props.imageId ?? amazonLinux,
      instanceType: props.instanceType,
      ...(props.keyPairName === undefined ? {} : { keyName: props.keyPairName }),
      iamInstanceProfile: { arn: this.role.instanceProfileArn },
      vpcSecurityGroupIds: [this.securityGroup.id],
      // One hop: a container on the instance does not get the instance's credentials.
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: { volumeType: 'gp3', volumeSize: 20, encrypted: 'true', deleteOnTermination: 'true' },
        },
      ],
      userData: Fn.base64encode(script.asString),
      updateDefaultVersion: true,
    });
  }
}

/** Name of the hook that holds a terminating instance of a group until it has finished its work. */
export function drainHookName(groupName: string): string {
  return `${groupName}-drain`;
}

/** ARN of a group by its name: its unique id is known only once it exists. */
export function groupArn(region: string, accountId: string, groupName: string): string {
  return `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${groupName}`;
}
