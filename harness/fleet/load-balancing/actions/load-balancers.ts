import type {
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  DeleteLoadBalancerInput,
  DescribeCapacityReservationInput,
  DescribeCapacityReservationOutput,
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  LoadBalancer as ShownLoadBalancer,
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
  SetIpAddressTypeInput,
  SetIpAddressTypeOutput,
  SetSecurityGroupsInput,
  SetSecurityGroupsOutput,
  SetSubnetsInput,
  SetSubnetsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import type { Clock } from '../../clock';
import { ServiceError, notDoneHere, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { isOn, loadBalancerAttributes, setAttributes, shownAttributes, usualAttributes } from '../attributes';
import { checkLimit } from '../limits';
import { checkAccessLog } from '../logs/check';
import type { LogStore } from '../logs/log-store';
import type { Network, Subnet } from '../network';
import { page } from '../paging';
import type { LoadBalancer } from '../resources';
import { type Store, newId } from '../store';
import { checkName } from './names';
import { tagMap } from './tags';

/** Elastic Load Balancing's own hosted zone of us-east-2. Source: AWS General Reference, «Elastic Load Balancing endpoints». */
const hostedZoneId = 'Z3AADJGX6KTTL2';

/** @param state what AWS answers to the request that makes it is `provisioning`; it is active from then on. */
function shown(loadBalancer: LoadBalancer, state: 'active' | 'provisioning' = 'active'): ShownLoadBalancer {
  const { arn, name, dnsName, createdAt, scheme, vpcId, zones, securityGroups, ipAddressType } = loadBalancer;
  return {
    LoadBalancerArn: arn,
    DNSName: dnsName,
    CanonicalHostedZoneId: hostedZoneId,
    CreatedTime: createdAt,
    LoadBalancerName: name,
    Scheme: scheme,
    VpcId: vpcId,
    State: { Code: state },
    Type: 'application',
    AvailabilityZones: [...zones],
    SecurityGroups: [...securityGroups],
    IpAddressType: ipAddressType,
  };
}

/** What a request for a load balancer asks for that is not done here. */
function refuseNotDone(input: CreateLoadBalancerInput): void {
  const { Type = 'application', CustomerOwnedIpv4Pool, IpamPools, SubnetMappings = [] } = input;
  if (Type !== 'application') {
    throw notDoneHere(`elasticloadbalancing: a load balancer of type ${Type}`);
  }
  if (CustomerOwnedIpv4Pool !== undefined || IpamPools !== undefined) {
    throw notDoneHere('elasticloadbalancing: an address pool of a load balancer');
  }
  if (SubnetMappings.some(({ AllocationId }) => AllocationId !== undefined)) {
    throw new ServiceError(
      'InvalidConfigurationRequest',
      'You cannot specify Elastic IP addresses for an Application Load Balancer',
    );
  }
}

function subnetIds({
  Subnets,
  SubnetMappings,
}: Pick<CreateLoadBalancerInput, 'Subnets' | 'SubnetMappings'>): string[] {
  if (Subnets !== undefined && SubnetMappings !== undefined) {
    throw validationError('You must specify either subnets or subnet mappings, not both');
  }
  return [...new Set(Subnets ?? (SubnetMappings ?? []).flatMap(({ SubnetId }) => SubnetId ?? []))];
}

function checkSubnets(subnets: readonly Subnet[]): void {
  const zones = new Set(subnets.map(({ zone }) => zone));
  if (zones.size < subnets.length) {
    throw new ServiceError(
      'InvalidConfigurationRequest',
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    );
  }
  if (zones.size < 2) {
    throw validationError('At least two subnets in two different Availability Zones must be specified');
  }
  if (new Set(subnets.map(({ vpcId }) => vpcId)).size > 1) {
    throw new ServiceError('InvalidSubnet', 'All subnets must belong to the same VPC');
  }
}

const zonesOf = (subnets: readonly Subnet[]): LoadBalancer['zones'] =>
  subnets.map(({ subnetId, zone }) => ({ ZoneName: zone, SubnetId: subnetId, LoadBalancerAddresses: [] }));

/** Whether a request asks for a load balancer that is there already, so that it changes nothing. */
function isSame(present: LoadBalancer, input: CreateLoadBalancerInput, ids: readonly string[]): boolean {
  const { Scheme = 'internet-facing', SecurityGroups } = input;
  const has = (list: readonly (string | undefined)[], other: readonly string[]): boolean =>
    list.length === other.length && other.every((item) => list.includes(item));
  return (
    present.scheme === Scheme &&
    has(
      present.zones.map(({ SubnetId }) => SubnetId),
      ids,
    ) &&
    (SecurityGroups === undefined || has(present.securityGroups, SecurityGroups))
  );
}

/** The logs of load balancers that are not kept here. */
function refuseOtherLogs(attributes: ReadonlyMap<string, string>): void {
  const refused = ['connection_logs.s3.enabled', 'health_check_logs.s3.enabled'].find((key) =>
    isOn(attributes, key),
  );
  if (refused !== undefined) {
    throw notDoneHere(`elasticloadbalancing: the attribute ${refused} of a load balancer`);
  }
}

/** The actions on load balancers. */
export function loadBalancerActions(
  store: Store,
  network: Network,
  clock: Clock,
  logs: LogStore,
): ActionHandlers {
  function named(name: string): LoadBalancer | undefined {
    return [...store.loadBalancers.values()].find((candidate) => candidate.name === name);
  }

  return {
    CreateLoadBalancer: async (input: CreateLoadBalancerInput): Promise<CreateLoadBalancerOutput> => {
      const { Name: name = '', Scheme: scheme = 'internet-facing' } = input;
      refuseNotDone(input);
      checkName(name, 'load balancer');
      const ids = subnetIds(input);
      const present = named(name);
      if (present !== undefined) {
        if (isSame(present, input, ids)) {
          return { LoadBalancers: [shown(present)] };
        }
        throw new ServiceError(
          'DuplicateLoadBalancerName',
          `A load balancer with the same name '${name}' exists, but with different settings`,
        );
      }
      checkLimit('application-load-balancers', store.loadBalancers.size + 1);
      const tags = tagMap(input.Tags);
      const subnets = await network.subnets(ids);
      checkSubnets(subnets);
      await network.checkSecurityGroups(input.SecurityGroups ?? []);
      const vpcId = subnets[0]?.vpcId ?? '';
      const id = newId();
      const loadBalancer: LoadBalancer = {
        arn: store.arn(`loadbalancer/app/${name}/${id}`),
        tags,
        name,
        // Names under localhost lead to this machine in browsers and curl, without any DNS. Source: RFC 6761, section 6.3.
        dnsName: `${scheme === 'internal' ? 'internal-' : ''}${name}-${Number.parseInt(id.slice(0, 8), 16)}.${store.home.region}.elb.localhost`,
        createdAt: clock.now(),
        scheme,
        vpcId,
        zones: zonesOf(subnets),
        securityGroups: input.SecurityGroups ?? (await network.defaultSecurityGroup(vpcId)),
        ipAddressType: input.IpAddressType ?? 'ipv4',
        attributes: usualAttributes(loadBalancerAttributes),
      };
      if (named(name) !== undefined) {
        throw new ServiceError(
          'DuplicateLoadBalancerName',
          `A load balancer with the same name '${name}' exists`,
        );
      }
      store.loadBalancers.set(loadBalancer.arn, loadBalancer);
      return { LoadBalancers: [shown(loadBalancer, 'provisioning')] };
    },

    DescribeLoadBalancers: (input: DescribeLoadBalancersInput): DescribeLoadBalancersOutput => {
      const { LoadBalancerArns, Names } = input;
      if (LoadBalancerArns !== undefined && Names !== undefined) {
        throw validationError(
          'Load balancer names and load balancer ARNs cannot be specified at the same time',
        );
      }
      const all = LoadBalancerArns?.map((arn) => store.loadBalancer(arn)) ??
        Names?.map((name) => {
          const found = named(name);
          if (found === undefined) {
            throw new ServiceError(
              'LoadBalancerNotFound',
              `Load balancers '[${Names.join(', ')}]' not found`,
            );
          }
          return found;
        }) ?? [...store.loadBalancers.values()];
      const { items, nextMarker } = page(all, input);
      return { LoadBalancers: items.map((each) => shown(each)), NextMarker: nextMarker };
    },

    /** Like AWS, says nothing when there is none. */
    DeleteLoadBalancer: ({ LoadBalancerArn = '' }: DeleteLoadBalancerInput): void => {
      const loadBalancer = store.loadBalancers.get(LoadBalancerArn);
      if (loadBalancer === undefined) {
        return;
      }
      if (isOn(loadBalancer.attributes, 'deletion_protection.enabled')) {
        throw new ServiceError(
          'OperationNotPermitted',
          `Load balancer '${LoadBalancerArn}' cannot be deleted because deletion protection is enabled`,
        );
      }
      for (const { arn } of store.listenersOf(loadBalancer)) {
        store.listeners.delete(arn);
      }
      store.loadBalancers.delete(LoadBalancerArn);
    },

    DescribeLoadBalancerAttributes: ({
      LoadBalancerArn,
    }: DescribeLoadBalancerAttributesInput): DescribeLoadBalancerAttributesOutput => ({
      Attributes: shownAttributes(store.loadBalancer(LoadBalancerArn).attributes),
    }),

    ModifyLoadBalancerAttributes: async (
      input: ModifyLoadBalancerAttributesInput,
    ): Promise<ModifyLoadBalancerAttributesOutput> => {
      const { LoadBalancerArn, Attributes = [] } = input;
      const loadBalancer = store.loadBalancer(LoadBalancerArn);
      const wanted = new Map(loadBalancer.attributes);
      setAttributes(wanted, loadBalancerAttributes, Attributes, 'Load balancer');
      refuseOtherLogs(wanted);
      if (Attributes.some(({ Key }) => Key?.startsWith('access_logs.') === true)) {
        await checkAccessLog(loadBalancer, wanted, store.home, logs);
      }
      setAttributes(loadBalancer.attributes, loadBalancerAttributes, Attributes, 'Load balancer');
      return { Attributes: shownAttributes(loadBalancer.attributes) };
    },

    SetSecurityGroups: async (input: SetSecurityGroupsInput): Promise<SetSecurityGroupsOutput> => {
      const { LoadBalancerArn, SecurityGroups = [] } = input;
      const loadBalancer = store.loadBalancer(LoadBalancerArn);
      await network.checkSecurityGroups(SecurityGroups);
      loadBalancer.securityGroups = SecurityGroups;
      return { SecurityGroupIds: SecurityGroups };
    },

    SetSubnets: async (input: SetSubnetsInput): Promise<SetSubnetsOutput> => {
      const loadBalancer = store.loadBalancer(input.LoadBalancerArn);
      const subnets = await network.subnets(subnetIds(input));
      checkSubnets(subnets);
      if (subnets[0]?.vpcId !== loadBalancer.vpcId) {
        throw new ServiceError('InvalidSubnet', 'All subnets must belong to the VPC of the load balancer');
      }
      loadBalancer.zones = zonesOf(subnets);
      loadBalancer.ipAddressType = input.IpAddressType ?? loadBalancer.ipAddressType;
      return { AvailabilityZones: [...loadBalancer.zones], IpAddressType: loadBalancer.ipAddressType };
    },

    SetIpAddressType: ({ LoadBalancerArn, IpAddressType }: SetIpAddressTypeInput): SetIpAddressTypeOutput => {
      const loadBalancer = store.loadBalancer(LoadBalancerArn);
      loadBalancer.ipAddressType = IpAddressType ?? 'ipv4';
      return { IpAddressType: loadBalancer.ipAddressType };
    },

    DescribeCapacityReservation: ({
      LoadBalancerArn,
    }: DescribeCapacityReservationInput): DescribeCapacityReservationOutput => {
      store.loadBalancer(LoadBalancerArn);
      return { DecreaseRequestsRemaining: 2, CapacityReservationState: [] };
    },
  };
}
