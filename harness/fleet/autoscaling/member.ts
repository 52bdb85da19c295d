import type { Activity, LifecycleState } from '@aws-sdk/client-auto-scaling';

import type { Journey } from './journey';
import type { Failures } from './retry';

/** An instance of a group, as Auto Scaling knows it. */
export interface Member {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** The launch template version that the group made it from; none of an instance that was attached. */
  readonly launchTemplate: ResolvedTemplate | undefined;
  lifecycleState: LifecycleState;
  healthStatus: 'Healthy' | 'Unhealthy';
  protectedFromScaleIn: boolean;
  /** Bought on the spot market. */
  readonly spot: boolean;
  readonly launchedAt: Date;
  /** Since when it has been in service without a break. */
  inServiceSince?: Date;
  /** Launched over the desired capacity, to take the place of another: once it is in service, or as its replacement wants it. */
  extra?: 'balance' | 'refresh' | 'replacement';
  /** It was taken out of the warm pool and is not in service yet. */
  drawn?: true;
  /** It is on its way back into the warm pool, and answers what its load balancers have sent it. */
  drains?: true;
  /** Lifecycle actions that have begun and are not completed. */
  waits: HookWait[];
  /** Target groups that it was registered with when it came into service; unknown before, and once it is out again. */
  targetGroups?: Set<string>;
  /** EC2 refused to terminate it. */
  terminationFailures?: Failures;
  /** The activity that launches or terminates it. */
  activity: Activity;
}

/** A lifecycle action that has begun and is not completed. */
export interface HookWait {
  readonly hookName: string;
  readonly token: string;
  readonly journey: Journey;
  readonly begun: Date;
  /** When its heartbeat runs out. */
  deadline: Date;
}

/** A launch template version with its number known. */
export interface ResolvedTemplate {
  readonly LaunchTemplateId: string;
  readonly LaunchTemplateName: string;
  readonly Version: string;
}
