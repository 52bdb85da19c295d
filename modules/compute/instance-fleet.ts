import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { AutoscalingLifecycleHook } from '@cdktf/provider-aws/lib/autoscaling-lifecycle-hook';
import { AutoscalingSchedule } from '@cdktf/provider-aws/lib/autoscaling-schedule';
import type { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import type { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Construct } from 'constructs';

import type { Metric, MetricOptions } from '../metric';
import type { Network } from '../network';
import type { Artifact } from '../storage';
import { refuse } from '../validation';
import { type FleetSettings, fleetProblems } from './fleet-settings';
import { instanceRefresh } from './instance-refresh';
import { InstanceRole } from './instance-role';
import { launchTemplate } from './launch-template';
import { purchaseOptions } from './purchase-options';
import { type Service, userData } from './user-data';
import { launchHook, warmPoolOptions } from './warm-pool';

/**
 * Metrics of the group that CloudWatch gets, for nothing, once they are asked for.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html
 */
const groupMetrics = [
  'GroupMinSize',
  'GroupMaxSize',
  'GroupDesiredCapacity',
  'GroupInServiceInstances',
  'GroupPendingInstances',
  'GroupStandbyInstances',
  'GroupTerminatingInstances',
  'GroupTotalInstances',
] as const;

/** The same of its warm pool, where it has one. */
const poolMetrics = [
  'WarmPoolMinSize',
  'WarmPoolDesiredCapacity',
  'WarmPoolPendingCapacity',
  'WarmPoolTerminatingCapacity',
  'WarmPoolWarmedCapacity',
  'WarmPoolTotalCapacity',
  'GroupAndWarmPoolDesiredCapacity',
  'GroupAndWarmPoolTotalCapacity',
] as const;
type FleetMetric = (typeof groupMetrics | typeof poolMetrics)[number];

/** Settings of an {@link InstanceFleet}. */
export interface InstanceFleetProps extends FleetSettings {
  /** Name of the group, and beginning of the names of all that belongs to it. */
  readonly name: string;
  /** AWS region that it stands in. */
  readonly region: string;
  /** Network whose private subnets the instances stand in. */
  readonly network: Network;
  /** Id of the instances' security group in the network, as `workers`, and what it is for. */
  readonly securityGroup: { readonly id: string; readonly description: string };
  /** What makes an instance what it is: archives for its architecture. */
  readonly artifacts: readonly Artifact[];
  /** Program that its instances run. */
  readonly service: Service;
  /** Target groups of a load balancer, which then decides on the instances' health. @default none: EC2 decides */
  readonly targetGroupArns?: readonly string[];
  /**
   * How long a terminating instance may be silent before it is taken, in seconds.
   *
   * @default 120; behind a load balancer no such wait, since its target group's deregistration delay is one
   */
  readonly drainSeconds?: number;
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
    /** None behind a load balancer, unless `drainSeconds` is given. */
    readonly drain: AutoscalingLifecycleHook | undefined;
    /** Where there is a warm pool: the program completes this hook's action when it runs. */
    readonly launch: AutoscalingLifecycleHook | undefined;
  };

  /** @throws ValidationError for the first setting that AWS or this architecture would refuse. */
  constructor(scope: Construct, id: string, props: InstanceFleetProps) {
    super(scope, id);
    refuse(fleetProblems(props));
    const {
      name,
      region,
      network,
      artifacts,
      service,
      targetGroupArns = [],
      packages = [],
      warmPool,
    } = props;

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
    const template = launchTemplate(this, {
      name,
      instanceProfileArn: this.role.instanceProfileArn,
      securityGroupId: this.securityGroup.id,
      userData: userData({ region, artifacts, packages, service }),
      settings: props,
    });
    this.launchTemplateId = template.id;

    const group = new AutoscalingGroup(this, 'group', {
      name,
      minSize: props.minSize,
      desiredCapacity: props.desiredCapacity,
      maxSize: props.maxSize,
      vpcZoneIdentifier: [...network.subnetIds],
      ...purchaseOptions(template, props),
      ...warmPoolOptions(name, warmPool),
      instanceRefresh: instanceRefresh(props),
      ...(targetGroupArns.length === 0
        ? { healthCheckType: 'EC2' }
        : { healthCheckType: 'ELB', targetGroupArns: [...targetGroupArns] }),
      healthCheckGracePeriod: 60,
      defaultInstanceWarmup: 60,
      ...(props.maxInstanceLifetimeSeconds === undefined
        ? {}
        : { maxInstanceLifetime: props.maxInstanceLifetimeSeconds }),
      enabledMetrics: [...groupMetrics, ...(warmPool === undefined ? [] : poolMetrics)],
      tag: [{ key: 'Name', value: name, propagateAtLaunch: true }],
      // An instance that boots before it can reach its artifact, or may take it, never works.
      dependsOn: [this.role.resources.policy, ...network.reachability],
      // Scaling policies own the capacity after the first apply; another initial hook would replace the whole group.
      lifecycle: { ignoreChanges: ['desired_capacity', 'initial_lifecycle_hook'] },
    });
    this.groupName = group.name;
    const drainSeconds = props.drainSeconds ?? (targetGroupArns.length === 0 ? 120 : undefined);
    const drain =
      drainSeconds === undefined
        ? undefined
        : new AutoscalingLifecycleHook(this, 'drain', {
            name: drainHookName(name),
            autoscalingGroupName: group.name,
            lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
            heartbeatTimeout: drainSeconds,
            defaultResult: 'CONTINUE',
          });
    // For a group that stood before it had a pool: an initial hook is for new groups only.
    const launch =
      warmPool === undefined
        ? undefined
        : new AutoscalingLifecycleHook(this, 'launch', {
            ...launchHook(name),
            autoscalingGroupName: group.name,
          });
    for (const action of props.schedule ?? []) {
      new AutoscalingSchedule(this, `schedule-${action.name}`, {
        scheduledActionName: action.name,
        autoscalingGroupName: group.name,
        recurrence: action.recurrence,
        timeZone: action.timeZone ?? 'Etc/UTC',
        minSize: action.minSize,
        desiredCapacity: action.desiredCapacity,
        maxSize: action.maxSize,
      });
    }
    this.resources = { template, group, drain, launch };
  }

  /** Instances that work. @default Average of a minute */
  metricInService(options?: MetricOptions): Metric {
    return this.metric('GroupInServiceInstances', options);
  }

  /** Instances that there should be. @default Average of a minute */
  metricDesired(options?: MetricOptions): Metric {
    return this.metric('GroupDesiredCapacity', options);
  }

  /** Instances that there must be at least. @default Average of a minute */
  metricMinSize(options?: MetricOptions): Metric {
    return this.metric('GroupMinSize', options);
  }

  /** Instances of the warm pool that have booted and wait; `undefined` where there is no pool. @default Average of a minute */
  metricWarmed(options?: MetricOptions): Metric | undefined {
    return this.poolMetric('WarmPoolWarmedCapacity', options);
  }

  /** Instances that boot into the warm pool; `undefined` where there is no pool. @default Average of a minute */
  metricWarmPoolPending(options?: MetricOptions): Metric | undefined {
    return this.poolMetric('WarmPoolPendingCapacity', options);
  }

  /** Instances that the warm pool should have; `undefined` where there is no pool. @default Average of a minute */
  metricWarmPoolDesired(options?: MetricOptions): Metric | undefined {
    return this.poolMetric('WarmPoolDesiredCapacity', options);
  }

  private poolMetric(metricName: FleetMetric, options?: MetricOptions): Metric | undefined {
    return this.resources.launch === undefined ? undefined : this.metric(metricName, options);
  }

  private metric(metricName: FleetMetric, options: MetricOptions = {}): Metric {
    return {
      namespace: 'AWS/AutoScaling',
      metricName,
      dimensions: { AutoScalingGroupName: this.groupName },
      statistic: 'Average',
      period: 60,
      ...options,
    };
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
