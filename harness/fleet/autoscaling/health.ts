import type { InstanceState } from './gateway';
import { type Group, performs, present } from './group';
import type { Member } from './member';
import type { Replacement } from './replacer';
import type { Traffic } from './traffic/traffic';

function isAlive(state: InstanceState, member: Member): boolean {
  return state === 'running' || (state === 'pending' && member.lifecycleState.startsWith('Pending'));
}

/**
 * Finds what is not healthy and to be replaced: instances in any EC2 state other than running, grace period or not, and
 * those that someone set unhealthy or that a load balancer finds unhealthy after the grace period. Instances on standby are
 * left alone.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
 *
 * @param states of the members when they were last looked at; members that came later have none.
 */
export function unhealthy(
  group: Group,
  states: ReadonlyMap<string, InstanceState>,
  traffic: Traffic,
): Replacement[] {
  return present(group).flatMap((member) => {
    const state = states.get(member.instanceId);
    const alive = state === undefined || isAlive(state, member);
    const failsTraffic = traffic.findsUnhealthy(group, member);
    if ((!alive || failsTraffic) && performs(group, 'HealthCheck')) {
      member.healthStatus = 'Unhealthy';
    }
    if (member.healthStatus === 'Healthy' || !performs(group, 'ReplaceUnhealthy', 'Terminate')) {
      return [];
    }
    const because = alive
      ? failsTraffic
        ? 'an ELB system health check failure.'
        : 'a user health-check.'
      : 'an EC2 health check indicating it has been terminated or stopped.';
    const serves = alive && member.lifecycleState === 'InService';
    return [{ member, because, launchedFor: 'an unhealthy instance needing to be replaced.', serves }];
  });
}
