import type { LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import {
  type DescribedInstance,
  type Ec2Gateway,
  type InstanceState,
  type LaunchRequest,
  type LaunchedInstance,
  NoCapacity,
  groupTag,
} from '../gateway';
import type { ResolvedTemplate } from '../member';

/** An instance of {@link Ec2InMemory}. */
export interface InstanceInMemory extends LaunchRequest {
  readonly instanceId: string;
  tags: Readonly<Record<string, string>>;
  state: InstanceState;
}

const zones = new Map(['a', 'b', 'c'].map((letter) => [`subnet-${letter}`, `us-east-2${letter}`]));

/** EC2 for tests: launch templates with versions, three subnets in three zones, instances that run at once. */
export class Ec2InMemory implements Ec2Gateway {
  readonly instances: InstanceInMemory[] = [];
  /** The newest version of the one launch template, `lt-workers`. */
  latestVersion = 1;
  /** The state of instances right after their launch. */
  launchState: InstanceState = 'running';
  /** Why EC2 refuses to launch now. */
  refusal: string | undefined;
  /** Instances that EC2 refuses to terminate. */
  readonly unending = new Set<string>();
  /** Subnets in whose zones there is no room. */
  readonly full = new Set<string>();
  private hold: { asked: () => void; released: Promise<void> } | undefined;

  /** Instances that EC2 bills: pending, running, stopping or stopped. */
  get alive(): InstanceInMemory[] {
    return this.instances.filter(({ state }) => state !== 'terminated' && state !== 'shutting-down');
  }

  /** Lets launches wait; `asked` settles when the first of them has come. */
  holdLaunches(): { readonly asked: Promise<void>; readonly release: () => void } {
    const asked = Promise.withResolvers<undefined>();
    const released = Promise.withResolvers<undefined>();
    this.hold = {
      asked: () => {
        asked.resolve(undefined);
      },
      released: released.promise,
    };
    return {
      asked: asked.promise,
      release: () => {
        released.resolve(undefined);
      },
    };
  }

  instance(instanceId: string): InstanceInMemory {
    const found = this.instances.find((instance) => instance.instanceId === instanceId);
    if (found === undefined) {
      throw validationError(`The instance ID '${instanceId}' does not exist`);
    }
    return found;
  }

  zonesOf(subnetIds: readonly string[]): Promise<Map<string, string>> {
    const unknown = subnetIds.find((subnetId) => !zones.has(subnetId));
    return unknown === undefined
      ? Promise.resolve(new Map(subnetIds.map((subnetId) => [subnetId, zones.get(subnetId) ?? ''])))
      : Promise.reject(validationError(`The subnet ID '${unknown}' does not exist`));
  }

  defaultSubnets(asked: readonly string[]): Promise<Map<string, string>> {
    return Promise.resolve(new Map([...zones].filter(([, zone]) => asked.includes(zone))));
  }

  resolveTemplate({ LaunchTemplateId, Version }: LaunchTemplateSpecification): Promise<ResolvedTemplate> {
    if (LaunchTemplateId !== 'lt-workers') {
      return Promise.reject(
        validationError('You must use a valid fully-formed launch template. It does not exist.'),
      );
    }
    const asked = Version ?? '$Default';
    return Promise.resolve({
      LaunchTemplateId,
      LaunchTemplateName: 'workers',
      Version: asked === '$Latest' ? String(this.latestVersion) : asked === '$Default' ? '1' : asked,
    });
  }

  async launch(request: LaunchRequest): Promise<LaunchedInstance> {
    this.hold?.asked();
    await this.hold?.released;
    if (this.refusal !== undefined) {
      throw validationError(this.refusal);
    }
    if (this.full.has(request.subnetId)) {
      throw new NoCapacity('InsufficientInstanceCapacity', `no room in ${request.subnetId}`);
    }
    const instanceId = `i-${String(this.instances.length + 1).padStart(17, '0')}`;
    this.instances.push({ ...request, instanceId, state: this.launchState });
    return { instanceId, instanceType: 't3.micro' };
  }

  terminate(instanceIds: readonly string[]): Promise<void> {
    const refused = instanceIds.find((instanceId) => this.unending.has(instanceId));
    if (refused !== undefined) {
      return Promise.reject(validationError(`OperationNotPermitted: ${refused} may not be terminated.`));
    }
    return this.put(instanceIds, 'terminated');
  }

  start(instanceIds: readonly string[]): Promise<void> {
    if (this.refusal !== undefined) {
      return Promise.reject(validationError(this.refusal));
    }
    return this.put(instanceIds, 'running');
  }

  stop(instanceIds: readonly string[]): Promise<void> {
    return this.put(instanceIds, 'stopped');
  }

  states(instanceIds: readonly string[]): Promise<Map<string, InstanceState>> {
    return Promise.resolve(
      new Map(
        this.instances
          .filter(({ instanceId }) => instanceIds.includes(instanceId))
          .map(({ instanceId, state }) => [instanceId, state]),
      ),
    );
  }

  joinGroup(instanceIds: readonly string[], groupName: string): Promise<void> {
    for (const instance of instanceIds.map((instanceId) => this.instance(instanceId))) {
      instance.tags = { ...instance.tags, [groupTag]: groupName };
    }
    return Promise.resolve();
  }

  leaveGroup(instanceIds: readonly string[]): Promise<void> {
    for (const instance of instanceIds.map((instanceId) => this.instance(instanceId))) {
      const { [groupTag]: _left, ...rest } = instance.tags;
      instance.tags = rest;
    }
    return Promise.resolve();
  }

  async describe(instanceIds: readonly string[]): Promise<DescribedInstance[]> {
    return Promise.all(
      instanceIds.map((id) => {
        const { instanceId, state, subnetId } = this.instance(id);
        const availabilityZone = zones.get(subnetId) ?? '';
        return Promise.resolve({ instanceId, state, subnetId, availabilityZone, instanceType: 't3.micro' });
      }),
    );
  }

  private put(instanceIds: readonly string[], state: InstanceState): Promise<void> {
    for (const instanceId of instanceIds) {
      this.instance(instanceId).state = state;
    }
    return Promise.resolve();
  }
}
