import { isIPv4 } from 'node:net';

import type {
  DeregisterTargetsInput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  RegisterTargetsInput,
  TargetDescription,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import { ServiceError, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import type { HealthMonitor } from '../health/monitor';
import { Target, targetKey } from '../health/target';
import { checkLimit, checkTargetCount } from '../limits';
import type { Network } from '../network';
import type { TargetGroup } from '../resources';
import type { Store } from '../store';

const invalidTarget = (message: string): ServiceError => new ServiceError('InvalidTarget', message);

/** In the words of the check that AWS puts before all of its services. */
function checkPorts(targets: readonly TargetDescription[]): void {
  targets.forEach(({ Port: port = 1 }, index) => {
    if (port < 1 || port > 65_535) {
      throw validationError(
        `1 validation error detected: Value '${port}' at 'targets.${index + 1}.member.port' failed to satisfy constraint: ` +
          `Member must have value ${port < 1 ? 'greater than or equal to 1' : 'less than or equal to 65535'}`,
      );
    }
  });
}

/** Registers targets; those that are draining come back. @param zoneOf the zone of an instance. */
export function registerTargets(
  group: TargetGroup,
  targets: readonly TargetDescription[],
  zoneOf: (id: string) => string | undefined,
): void {
  for (const { Id: id = '', Port: port = group.port } of targets) {
    const present = group.targets.get(targetKey({ id, port }));
    if (present === undefined) {
      const target = new Target({ id, port }, zoneOf(id));
      target.become(
        'unused',
        'Target.NotInUse',
        'Target group is not configured to receive traffic from the load balancer',
      );
      group.targets.set(target.key, target);
    } else if (present.drainedAt !== undefined) {
      present.drainedAt = undefined;
      present.nextCheck = undefined;
      present.become('unused');
    }
  }
}

function shown(group: TargetGroup, target: Target): TargetHealthDescription {
  const { id, port, state, reason, description } = target;
  const { healthCheck } = group;
  return {
    Target: { Id: id, Port: port },
    HealthCheckPort: healthCheck.port === 'traffic-port' ? String(port) : healthCheck.port,
    TargetHealth: { State: state, Reason: reason, Description: description },
  };
}

/** The targets that descriptions name; one without a port means all of that id. */
function named(group: TargetGroup, { Id, Port }: TargetDescription): Target[] {
  return [...group.targets.values()].filter(
    ({ id, port }) => id === Id && (Port === undefined || port === Port),
  );
}

/** The actions on the targets of target groups. */
export function targetActions(store: Store, network: Network, monitor: HealthMonitor): ActionHandlers {
  async function instanceZones(
    targets: readonly TargetDescription[],
    vpcId: string,
  ): Promise<Map<string, string>> {
    const ids = [...new Set(targets.map(({ Id = '' }) => Id))];
    const malformed = ids.find((id) => !/^i-[0-9a-f]{8,17}$/.test(id));
    if (malformed !== undefined) {
      throw validationError(`Instance ID '${malformed}' is not valid`);
    }
    const known = await network.instances(ids);
    const running = new Map(
      known.filter(({ state }) => state === 'running').map(({ instanceId, zone }) => [instanceId, zone]),
    );
    const missing = ids.filter((id) => !known.some(({ instanceId }) => instanceId === id));
    if (missing.length > 0) {
      throw invalidTarget(`The following instances do not exist: '${missing.join(', ')}'`);
    }
    const elsewhere = known.filter((instance) => instance.vpcId !== vpcId);
    if (elsewhere.length > 0) {
      throw invalidTarget(
        `The following targets are not in the target group VPC '${vpcId}': '${elsewhere.map(({ instanceId }) => instanceId).join(', ')}'`,
      );
    }
    const idle = ids.filter((id) => !running.has(id));
    if (idle.length > 0) {
      throw invalidTarget(
        `The following targets are not in a running state and cannot be registered: '${idle.join(', ')}'`,
      );
    }
    return running;
  }

  function checkAddresses(targets: readonly TargetDescription[]): void {
    for (const { Id = '' } of targets) {
      if (!isIPv4(Id)) {
        throw validationError(`The IP address '${Id}' is not a valid IPv4 address`);
      }
      if (!Id.startsWith('127.')) {
        throw invalidTarget(
          `The IP address '${Id}' is not one of this machine: the local emulation reaches targets at 127.0.0.0/8 only. Register instances, or an address that begins with 127.`,
        );
      }
    }
  }

  return {
    RegisterTargets: async ({ TargetGroupArn, Targets = [] }: RegisterTargetsInput): Promise<void> => {
      const group = store.targetGroup(TargetGroupArn);
      checkPorts(Targets);
      let zones = new Map<string, string>();
      if (group.targetType === 'ip') {
        checkAddresses(Targets);
      } else {
        zones = await instanceZones(Targets, group.vpcId);
      }
      const keys = Targets.map(({ Id: id = '', Port: port = group.port }) => targetKey({ id, port }));
      const added = new Set(keys.filter((key) => !group.targets.has(key))).size;
      checkLimit('targets-per-target-group', group.targets.size + added);
      for (const user of store.usersOf(group)) {
        checkTargetCount(store.groupsOf(user), added);
      }
      registerTargets(group, Targets, (id) => zones.get(id));
    },

    /** Like AWS, says nothing of targets that are not registered. */
    DeregisterTargets: ({ TargetGroupArn, Targets = [] }: DeregisterTargetsInput): void => {
      const group = store.targetGroup(TargetGroupArn);
      for (const target of Targets.flatMap((each) => named(group, each))) {
        monitor.deregister(group, target);
      }
    },

    DescribeTargetHealth: ({
      TargetGroupArn,
      Targets,
    }: DescribeTargetHealthInput): DescribeTargetHealthOutput => {
      const group = store.targetGroup(TargetGroupArn);
      if (Targets === undefined) {
        return {
          TargetHealthDescriptions: [...group.targets.values()].map((target) => shown(group, target)),
        };
      }
      return {
        TargetHealthDescriptions: Targets.flatMap((each): TargetHealthDescription[] => {
          const targets = named(group, each);
          return targets.length > 0
            ? targets.map((target) => shown(group, target))
            : [
                {
                  Target: { Id: each.Id, Port: each.Port ?? group.port },
                  TargetHealth: {
                    State: 'unused',
                    Reason: 'Target.NotRegistered',
                    Description: 'Target is not registered to the target group',
                  },
                },
              ];
        }),
      };
    },
  };
}
