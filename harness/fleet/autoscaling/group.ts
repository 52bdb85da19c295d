import type {
  Activity,
  CreateAutoScalingGroupType,
  LifecycleHook,
  LifecycleState,
  ScalingPolicy,
  ScheduledUpdateGroupAction,
  TagDescription,
} from '@aws-sdk/client-auto-scaling';

import type { Member } from './member';
import type { Refresh } from './refresh/refresh';
import type { Failures } from './retry';
import type { WarmPool } from './warm-pool/pool';

/** Settings of a group that have a value always, given or by default. */
export type GroupSettings = Omit<
  CreateAutoScalingGroupType,
  Always | 'Tags' | 'LifecycleHookSpecificationList' | 'InstanceId' | 'TargetGroupARNs' | 'TrafficSources'
> & {
  [Name in Always]: NonNullable<CreateAutoScalingGroupType[Name]>;
};

type Always =
  | 'AutoScalingGroupName'
  | 'MinSize'
  | 'MaxSize'
  | 'DesiredCapacity'
  | 'DefaultCooldown'
  | 'HealthCheckType'
  | 'HealthCheckGracePeriod'
  | 'TerminationPolicies'
  | 'NewInstancesProtectedFromScaleIn';

/** An Auto Scaling group with all that belongs to it. */
export interface Group {
  settings: GroupSettings;
  readonly arn: string;
  readonly createdAt: Date;
  /** `Delete in progress` once it is to be deleted with its instances. */
  status?: string;
  /** The zone of each of its subnets. */
  zones: ReadonlyMap<string, string>;
  members: Member[];
  /** Instances that EC2 has been asked for and not yet given. */
  launching: number;
  pool?: WarmPool;
  launchFailures?: Failures;
  /** No instance is moved to another zone before: the last one found no room there. */
  rebalanceAfter?: Date;
  readonly tags: Map<string, TagDescription>;
  readonly hooks: Map<string, LifecycleHook>;
  readonly policies: Map<string, ScalingPolicy>;
  readonly schedules: Map<string, ScheduledUpdateGroupAction>;
  /** ARNs of the target groups that its members are registered with. */
  readonly targetGroups: Set<string>;
  /** ARNs of those that it is being detached from. */
  readonly leavingTargetGroups: Set<string>;
  /** Suspended processes with the reason for each. */
  readonly suspended: Map<string, string>;
  readonly metrics: Set<string>;
  /** Topics that are told of scaling activities, with the types of notification that each gets. */
  readonly topics: Map<string, ReadonlySet<string>>;
  /** Newest first. */
  readonly activities: Activity[];
  /** Who changed the desired capacity, and when: the beginning of the causes of activities until it is reached. */
  demand?: string;
  /** From the last change of the capacity until simple scaling may change it again; `until` is known once all has settled. */
  cooldown?: { readonly seconds: number; until?: Date };
  /** Why instances are to be launched in the place of others, one cause an instance. */
  replacements: string[];
  /** Newest first. */
  readonly refreshes: Refresh[];
}

/** ARN of the role that Auto Scaling acts as, given or by default. */
export function serviceLinkedRole({ arn, settings }: Group): string {
  const account = arn.split(':')[4] ?? '';
  return (
    settings.ServiceLinkedRoleARN ??
    `arn:aws:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`
  );
}

/** Processes that can be suspended. Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html */
export const scalingProcesses = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
] as const;

/** A process that can be suspended. */
export type ScalingProcess = (typeof scalingProcesses)[number];

/** Whether none of the processes is suspended. */
export function performs(group: Group, ...processes: ScalingProcess[]): boolean {
  return processes.every((process) => !group.suspended.has(process));
}

const isLeaving = /^(Terminat|Detach)/;
const standsBy = new Set<LifecycleState>(['Standby', 'EnteringStandby']);

/** Members that count towards the desired capacity: those that are there or on their way. */
export function present(group: Group): Member[] {
  return group.members.filter(
    ({ lifecycleState }) => !isLeaving.test(lifecycleState) && !standsBy.has(lifecycleState),
  );
}

/** Whether a member waits in the group's warm pool, or is on its way into it or out of it to its end. */
export function isInPool({ pool }: Group, member: Member): boolean {
  return pool?.members.includes(member) === true;
}

/** The members of a group and of its warm pool. */
export function everyMember({ members, pool }: Group): Member[] {
  return pool === undefined ? members : [...members, ...pool.members];
}

/** Whether instances are on their way in or out. */
export function inTransition({ launching, members }: Group): boolean {
  return launching > 0 || members.some(({ lifecycleState }) => /^(Pending|Terminating)/.test(lifecycleState));
}

/**
 * Sets the desired capacity, remembers who wanted it for the causes of the activities to come, and begins a cooldown.
 *
 * @param cooldown in seconds. @default the group's own
 */
export function changeCapacity(
  group: Group,
  to: number,
  who: string,
  at: Date,
  cooldown = group.settings.DefaultCooldown,
): void {
  const from = group.settings.DesiredCapacity;
  if (to !== from) {
    group.settings = { ...group.settings, DesiredCapacity: to };
    group.demand = `At ${stamp(at)} ${who} changing the desired capacity from ${from} to ${to}.`;
    group.cooldown = { seconds: cooldown };
  }
}

/** A time as Auto Scaling writes it in sentences. */
export function stamp(date: Date): string {
  return `${date.toISOString().slice(0, -5)}Z`;
}
