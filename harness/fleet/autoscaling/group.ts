import type {
  Activity,
  CreateAutoScalingGroupType,
  LifecycleHook,
  LifecycleState,
  ScalingPolicy,
  TagDescription,
} from '@aws-sdk/client-auto-scaling';

/** An instance of a group, as Auto Scaling knows it. */
export interface Member {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  /** The launch template version that it was made from. */
  readonly launchTemplate: ResolvedTemplate;
  lifecycleState: LifecycleState;
  healthStatus: 'Healthy' | 'Unhealthy';
  protectedFromScaleIn: boolean;
  readonly launchedAt: Date;
  /** While it waits for a lifecycle hook: when that hook's heartbeat runs out. */
  hookWait?: HookWait;
  /** The activity that launches or terminates it. */
  activity: Activity;
}

/** A lifecycle action that has begun and is not completed. */
export interface HookWait {
  readonly hookName: string;
  readonly token: string;
  readonly begun: Date;
  deadline: Date;
}

/** A launch template version with its number known. */
export interface ResolvedTemplate {
  readonly LaunchTemplateId: string;
  readonly LaunchTemplateName: string;
  readonly Version: string;
}

/** Settings of a group that have a value always, given or by default. */
export type GroupSettings = Omit<
  CreateAutoScalingGroupType,
  Always | 'Tags' | 'LifecycleHookSpecificationList' | 'InstanceId'
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
  readonly tags: Map<string, TagDescription>;
  readonly hooks: Map<string, LifecycleHook>;
  readonly policies: Map<string, ScalingPolicy>;
  /** Suspended processes with the reason for each. */
  readonly suspended: Map<string, string>;
  readonly metrics: Set<string>;
  /** Newest first. */
  readonly activities: Activity[];
  /** Why the desired capacity is what it is: the beginning of the causes of activities. */
  cause: string;
}

/** Members that count towards the desired capacity: those that are there or on their way. */
export function present(group: Group): Member[] {
  return group.members.filter(
    ({ lifecycleState }) => !lifecycleState.startsWith('Terminat') && lifecycleState !== 'Standby',
  );
}

/** A time as Auto Scaling writes it in sentences. */
export function stamp(date: Date): string {
  return `${date.toISOString().slice(0, -5)}Z`;
}
