import type { LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';

import { ServiceError } from '../protocol/errors';
import type { ResolvedTemplate } from './member';
import type { Purchase } from './mix';

/** What to launch. */
export interface LaunchRequest {
  readonly template: ResolvedTemplate;
  readonly subnetId: string;
  readonly purchase: Purchase;
  readonly tags: Readonly<Record<string, string>>;
}

/** What was launched. */
export interface LaunchedInstance {
  readonly instanceId: string;
  readonly instanceType: string;
}

/** EC2's name for the state of an instance. */
export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

/** An instance that is to be attached to a group. */
export interface DescribedInstance extends LaunchedInstance {
  readonly state: InstanceState;
  readonly subnetId: string;
  readonly availabilityZone: string;
}

/** Tag of the instances of a group: its name. */
export const groupTag = 'aws:autoscaling:groupName';

/** EC2 has no room for an instance in the zone that was asked for; another zone may have. */
export class NoCapacity extends ServiceError {}

/** What Auto Scaling needs of EC2. */
export interface Ec2Gateway {
  /** Zone of each subnet. @throws ServiceError when one does not exist. */
  zonesOf(subnetIds: readonly string[]): Promise<Map<string, string>>;
  /** The default subnet of each zone, with its zone. @throws ServiceError when a zone has none. */
  defaultSubnets(zones: readonly string[]): Promise<Map<string, string>>;
  /** Finds the version that a specification means now. @throws ServiceError when there is none. */
  resolveTemplate(specification: LaunchTemplateSpecification): Promise<ResolvedTemplate>;
  /** @throws NoCapacity when its zone is full; ServiceError for any other reason. */
  launch(request: LaunchRequest): Promise<LaunchedInstance>;
  terminate(instanceIds: readonly string[]): Promise<void>;
  /** @throws ServiceError when EC2 refuses, for want of room for example. */
  start(instanceIds: readonly string[]): Promise<void>;
  stop(instanceIds: readonly string[]): Promise<void>;
  /** States of the instances that EC2 still knows. */
  states(instanceIds: readonly string[]): Promise<Map<string, InstanceState>>;
  /** Tags instances as those of a group. */
  joinGroup(instanceIds: readonly string[], groupName: string): Promise<void>;
  /** Takes that tag away. */
  leaveGroup(instanceIds: readonly string[]): Promise<void>;
  /** @throws ServiceError when one does not exist. */
  describe(instanceIds: readonly string[]): Promise<DescribedInstance[]>;
}
