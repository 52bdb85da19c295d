import { ServiceError } from '../../protocol/errors';
import type { TargetHealthState, TrafficGateway } from '../traffic/gateway';

/** Target groups for tests: they keep who is registered, and their health and drains are what the test says. */
export class TrafficInMemory implements TrafficGateway {
  /** Registered instances, by target group. */
  readonly registered = new Map<string, Map<string, TargetHealthState>>();
  /** Instances that have requests in flight. */
  readonly busy = new Set<string>();

  constructor(...arns: string[]) {
    arns.forEach((arn) => this.registered.set(arn, new Map()));
  }

  check(arn: string): void {
    this.targets(arn);
  }

  register(arn: string, instanceId: string): void {
    this.targets(arn).set(instanceId, 'initial');
  }

  deregister(arn: string, instanceId: string): void {
    this.targets(arn).set(instanceId, 'draining');
  }

  isDrained(arn: string, instanceId: string): boolean {
    return this.health(arn, instanceId) !== 'draining' || !this.busy.has(instanceId);
  }

  health(arn: string, instanceId: string): TargetHealthState | undefined {
    return this.targets(arn).get(instanceId);
  }

  set(arn: string, instanceId: string, state: TargetHealthState): void {
    this.targets(arn).set(instanceId, state);
  }

  private targets(arn: string): Map<string, TargetHealthState> {
    const targets = this.registered.get(arn);
    if (targets === undefined) {
      throw new ServiceError('ValidationError', `Provided Target Groups may not be valid: ${arn}`);
    }
    return targets;
  }
}
