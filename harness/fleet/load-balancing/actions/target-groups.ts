import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
  ModifyTargetGroupInput,
  ModifyTargetGroupOutput,
  TargetGroup as ShownTargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import { ServiceError, notDoneHere, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { setAttributes, shownAttributes, targetGroupAttributes, usualAttributes } from '../attributes';
import type { HealthMonitor } from '../health/monitor';
import { checkLimit } from '../limits';
import type { Network } from '../network';
import { page } from '../paging';
import { type TargetGroup, forwardedTo } from '../resources';
import { type Store, newId } from '../store';
import { Tally } from '../tally';
import { healthCheckSettings, protocolOf } from './health-check-settings';
import { checkName } from './names';
import { tagMap } from './tags';

/** Values of attributes that change what is balanced, and that are not done here. */
const notDone: Readonly<Record<string, string>> = {
  'load_balancing.cross_zone.enabled': 'false',
  'load_balancing.algorithm.anomaly_mitigation': 'on',
};

function shown(group: TargetGroup, store: Store): ShownTargetGroup {
  const { arn, name, protocol, port, vpcId, healthCheck, targetType } = group;
  return {
    TargetGroupArn: arn,
    TargetGroupName: name,
    Protocol: protocol,
    Port: port,
    VpcId: vpcId,
    HealthCheckProtocol: healthCheck.protocol,
    HealthCheckPort: healthCheck.port,
    HealthCheckEnabled: healthCheck.enabled,
    HealthCheckIntervalSeconds: healthCheck.interval,
    HealthCheckTimeoutSeconds: healthCheck.timeout,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    HealthCheckPath: healthCheck.path,
    Matcher: { HttpCode: healthCheck.matcher },
    LoadBalancerArns: store.usersOf(group).map((loadBalancer) => loadBalancer.arn),
    TargetType: targetType,
    ProtocolVersion: 'HTTP1',
    IpAddressType: 'ipv4',
  };
}

/** A target group as a request asks for it. @throws ServiceError for what cannot be, or is not done here. */
function newGroup(input: CreateTargetGroupInput, store: Store): TargetGroup {
  const { Name: name = '', Port: port, VpcId: vpcId, TargetType: targetType = 'instance' } = input;
  checkName(name, 'target group');
  if (targetType === 'lambda' || targetType === 'alb') {
    throw notDoneHere(`elasticloadbalancing: a target group of type ${targetType}`);
  }
  const protocol = protocolOf(input.Protocol, 'a target group');
  // Terraform's provider writes an empty one where none is said.
  if (!['HTTP1', ''].includes(input.ProtocolVersion ?? '')) {
    throw notDoneHere(
      `elasticloadbalancing: a target group of protocol version ${input.ProtocolVersion ?? ''}`,
    );
  }
  if ((input.IpAddressType ?? 'ipv4') !== 'ipv4') {
    throw notDoneHere('elasticloadbalancing: a target group of IPv6 addresses');
  }
  if (port === undefined || port < 1 || port > 65_535) {
    throw validationError('A port must be specified, from 1 to 65535');
  }
  if (vpcId === undefined) {
    throw validationError('A VPC ID must be specified');
  }
  return {
    arn: store.arn(`targetgroup/${name}/${newId()}`),
    tags: tagMap(input.Tags),
    name,
    protocol,
    port,
    vpcId,
    targetType,
    healthCheck: healthCheckSettings({
      ...input,
      HealthCheckProtocol: input.HealthCheckProtocol ?? protocol,
    }),
    attributes: usualAttributes(targetGroupAttributes),
    targets: new Map(),
    tally: new Tally(),
  };
}

/** Whether two groups are the same but for their ARN: the request that makes the second changes nothing then. */
function isSame(
  present: TargetGroup,
  { protocol, port, vpcId, targetType, healthCheck }: TargetGroup,
): boolean {
  return (
    JSON.stringify([
      present.protocol,
      present.port,
      present.vpcId,
      present.targetType,
      present.healthCheck,
    ]) === JSON.stringify([protocol, port, vpcId, targetType, healthCheck])
  );
}

/** The actions on target groups. */
export function targetGroupActions(store: Store, network: Network, monitor: HealthMonitor): ActionHandlers {
  function named(name: string): TargetGroup | undefined {
    return [...store.targetGroups.values()].find((candidate) => candidate.name === name);
  }

  function selected({ LoadBalancerArn, TargetGroupArns, Names }: DescribeTargetGroupsInput): TargetGroup[] {
    if (TargetGroupArns !== undefined) {
      return TargetGroupArns.map((arn) => store.targetGroup(arn));
    }
    if (Names !== undefined) {
      return Names.map((name) => {
        const found = named(name);
        if (found === undefined) {
          throw new ServiceError('TargetGroupNotFound', 'One or more target groups not found');
        }
        return found;
      });
    }
    const all = [...store.targetGroups.values()];
    if (LoadBalancerArn === undefined) {
      return all;
    }
    const loadBalancer = store.loadBalancer(LoadBalancerArn);
    return all.filter((group) => store.usersOf(group).includes(loadBalancer));
  }

  return {
    CreateTargetGroup: async (input: CreateTargetGroupInput): Promise<CreateTargetGroupOutput> => {
      const group = newGroup(input, store);
      await network.checkVpc(group.vpcId);
      const present = named(group.name);
      if (present !== undefined) {
        if (isSame(present, group)) {
          return { TargetGroups: [shown(present, store)] };
        }
        throw new ServiceError(
          'DuplicateTargetGroupName',
          `A target group with the same name '${group.name}' exists, but with different settings`,
        );
      }
      checkLimit('target-groups', store.targetGroups.size + 1);
      store.targetGroups.set(group.arn, group);
      return { TargetGroups: [shown(group, store)] };
    },

    DescribeTargetGroups: (input: DescribeTargetGroupsInput): DescribeTargetGroupsOutput => {
      const { items, nextMarker } = page(selected(input), input);
      return { TargetGroups: items.map((group) => shown(group, store)), NextMarker: nextMarker };
    },

    ModifyTargetGroup: (input: ModifyTargetGroupInput): ModifyTargetGroupOutput => {
      const group = store.targetGroup(input.TargetGroupArn);
      group.healthCheck = healthCheckSettings(input, group.healthCheck);
      return { TargetGroups: [shown(group, store)] };
    },

    /** Like AWS, says nothing when there is none. */
    DeleteTargetGroup: ({ TargetGroupArn = '' }: DeleteTargetGroupInput): void => {
      const group = store.targetGroups.get(TargetGroupArn);
      if (group === undefined) {
        return;
      }
      const isUsed = [...store.listeners.values()].some(({ rules }) =>
        rules.some(({ actions }) => forwardedTo(actions).includes(TargetGroupArn)),
      );
      if (isUsed) {
        throw new ServiceError(
          'ResourceInUse',
          `Target group '${TargetGroupArn}' is currently in use by a listener or a rule`,
        );
      }
      monitor.removeAll(group);
      store.targetGroups.delete(TargetGroupArn);
    },

    DescribeTargetGroupAttributes: ({
      TargetGroupArn,
    }: DescribeTargetGroupAttributesInput): DescribeTargetGroupAttributesOutput => ({
      Attributes: shownAttributes(store.targetGroup(TargetGroupArn).attributes),
    }),

    ModifyTargetGroupAttributes: (
      input: ModifyTargetGroupAttributesInput,
    ): ModifyTargetGroupAttributesOutput => {
      const { attributes } = store.targetGroup(input.TargetGroupArn);
      const { Attributes = [] } = input;
      const refused = Attributes.find(({ Key = '', Value = '' }) => notDone[Key] === Value);
      if (refused !== undefined) {
        throw notDoneHere(
          `elasticloadbalancing: ${refused.Key ?? ''} = ${refused.Value ?? ''} of a target group`,
        );
      }
      const changed = new Map(attributes);
      setAttributes(changed, targetGroupAttributes, Attributes, 'Target group');
      checkTogether(changed);
      for (const [key, value] of changed) {
        attributes.set(key, value);
      }
      return { Attributes: shownAttributes(attributes) };
    },
  };
}

/** Source: edit-target-group-attributes.html, «Slow start mode» and «Application-based stickiness». */
function checkTogether(attributes: ReadonlyMap<string, string>): void {
  const algorithm = attributes.get('load_balancing.algorithm.type') ?? '';
  if (attributes.get('slow_start.duration_seconds') !== '0' && algorithm !== 'round_robin') {
    throw new ServiceError(
      'InvalidConfigurationRequest',
      `You cannot enable slow start with the load balancing algorithm '${algorithm}'`,
    );
  }
  if (
    attributes.get('stickiness.enabled') === 'true' &&
    attributes.get('stickiness.type') === 'app_cookie' &&
    attributes.get('stickiness.app_cookie.cookie_name') === ''
  ) {
    throw new ServiceError(
      'InvalidConfigurationRequest',
      'You must specify an application cookie name when enabling stickiness of type app_cookie',
    );
  }
}
