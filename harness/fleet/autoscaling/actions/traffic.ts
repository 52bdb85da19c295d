import type {
  AttachLoadBalancerTargetGroupsType,
  AttachTrafficSourcesType,
  DescribeLoadBalancersRequest,
  DescribeLoadBalancersResponse,
  DescribeLoadBalancerTargetGroupsRequest,
  DescribeLoadBalancerTargetGroupsResponse,
  DescribeTrafficSourcesRequest,
  DescribeTrafficSourcesResponse,
  DetachLoadBalancerTargetGroupsType,
  DetachTrafficSourcesType,
} from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import type { Group } from '../group';
import { page } from '../../protocol/paging';
import type { Store } from '../store';
import { targetGroupArns } from '../traffic/sources';
import type { Traffic } from '../traffic/traffic';

/** The actions on the load balancers of groups: target groups, by two names; of Classic Load Balancers there are none. */
export function trafficActions(store: Store, traffic: Traffic): ActionHandlers {
  function detach(group: Group, arns: readonly string[]): void {
    const unknown = arns.find((arn) => !group.targetGroups.has(arn));
    if (unknown !== undefined) {
      throw validationError(`Trying to remove Target Groups that are not part of the group: ${unknown}`);
    }
    traffic.detach(group, arns);
  }

  return {
    AttachLoadBalancerTargetGroups: (input: AttachLoadBalancerTargetGroupsType): void => {
      traffic.attach(store.group(input.AutoScalingGroupName), input.TargetGroupARNs ?? []);
    },

    DetachLoadBalancerTargetGroups: (input: DetachLoadBalancerTargetGroupsType): void => {
      detach(store.group(input.AutoScalingGroupName), input.TargetGroupARNs ?? []);
    },

    DescribeLoadBalancerTargetGroups: (
      input: DescribeLoadBalancerTargetGroupsRequest,
    ): DescribeLoadBalancerTargetGroupsResponse => {
      const states = traffic.states(store.group(input.AutoScalingGroupName));
      const { items, nextToken } = page(states, input);
      return {
        LoadBalancerTargetGroups: items.map(({ arn, state }) => ({
          LoadBalancerTargetGroupARN: arn,
          State: state,
        })),
        NextToken: nextToken,
      };
    },

    AttachTrafficSources: (input: AttachTrafficSourcesType): void => {
      const arns = targetGroupArns(input.TrafficSources);
      traffic.attach(store.group(input.AutoScalingGroupName), arns);
    },

    DetachTrafficSources: (input: DetachTrafficSourcesType): void => {
      const arns = targetGroupArns(input.TrafficSources);
      detach(store.group(input.AutoScalingGroupName), arns);
    },

    DescribeTrafficSources: (input: DescribeTrafficSourcesRequest): DescribeTrafficSourcesResponse => {
      const states = traffic.states(store.group(input.AutoScalingGroupName));
      const asked = input.TrafficSourceType ?? 'elbv2';
      const { items, nextToken } = page(asked === 'elbv2' ? states : [], input);
      return {
        TrafficSources: items.map(({ arn, state }) => ({
          TrafficSource: arn,
          Identifier: arn,
          Type: 'elbv2',
          State: state,
        })),
        NextToken: nextToken,
      };
    },

    DescribeLoadBalancers: (input: DescribeLoadBalancersRequest): DescribeLoadBalancersResponse => {
      store.group(input.AutoScalingGroupName);
      return { LoadBalancers: [] };
    },
  };
}
