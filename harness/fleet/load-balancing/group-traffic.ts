import type { TargetHealthState, TrafficGateway } from '../autoscaling/traffic/gateway';
import { ServiceError, validationError } from '../protocol/errors';
import { registerTargets } from './actions/targets';
import type { HealthMonitor } from './health/monitor';
import type { Target } from './health/target';
import type { TargetGroup } from './resources';
import type { Store } from './store';

/** Elastic Load Balancing as Auto Scaling uses it. */
export class GroupTraffic implements TrafficGateway {
  constructor(
    private readonly store: Store,
    private readonly monitor: HealthMonitor,
  ) {}

  check(targetGroupArn: string): void {
    if (this.group(targetGroupArn) === undefined) {
      throw validationError(
        `Provided Target Groups may not be valid. Please ensure they exist and try again: ${targetGroupArn}`,
      );
    }
    if (this.group(targetGroupArn)?.targetType !== 'instance') {
      throw new ServiceError(
        'ValidationError',
        `Provided Target Groups may not be valid: targets of ${targetGroupArn} are not instances.`,
      );
    }
  }

  register(targetGroupArn: string, instanceId: string, zone: string): void {
    const group = this.group(targetGroupArn);
    if (group !== undefined) {
      registerTargets(group, [{ Id: instanceId }], () => zone);
      this.monitor.tick();
    }
  }

  deregister(targetGroupArn: string, instanceId: string): void {
    const group = this.group(targetGroupArn);
    if (group !== undefined) {
      this.targets(targetGroupArn, instanceId).forEach((target) => {
        this.monitor.deregister(group, target);
      });
    }
  }

  isDrained(targetGroupArn: string, instanceId: string): boolean {
    return this.targets(targetGroupArn, instanceId).every(
      ({ state, inFlight }) => state !== 'draining' || inFlight === 0,
    );
  }

  health(targetGroupArn: string, instanceId: string): TargetHealthState | undefined {
    return this.targets(targetGroupArn, instanceId)[0]?.state;
  }

  private group(arn: string): TargetGroup | undefined {
    return this.store.targetGroups.get(arn);
  }

  private targets(arn: string, instanceId: string): Target[] {
    return [...(this.group(arn)?.targets.values() ?? [])].filter(({ id }) => id === instanceId);
  }
}
