import type {
  DeletePolicyType,
  DescribePoliciesType,
  PoliciesType,
  PolicyARNType,
  PutScalingPolicyType,
  ScalingPolicy,
} from '@aws-sdk/client-auto-scaling';
import { randomUUID } from 'node:crypto';

import { ServiceError, validationError } from '../../protocol/errors';
import type { Group } from '../group';
import type { ActionHandlers } from '../../protocol/query-service';
import { page } from '../paging';
import type { Store } from '../store';

const types = ['SimpleScaling', 'StepScaling'];

/** The actions on scaling policies. */
export function policyActions(store: Store): ActionHandlers {
  function policyArn(group: Group, name: string): string {
    return store.arn(
      `scalingPolicy:${randomUUID()}:autoScalingGroupName/${group.settings.AutoScalingGroupName}:policyName/${name}`,
    );
  }

  return {
    PutScalingPolicy: (input: PutScalingPolicyType): PolicyARNType => {
      const group = store.group(input.AutoScalingGroupName);
      const type = input.PolicyType ?? 'SimpleScaling';
      if (!types.includes(type)) {
        throw new ServiceError(
          'UnsupportedOperation',
          `The local Auto Scaling does not do ${type} yet; it does ${types.join(' and ')}.`,
          501,
        );
      }
      if (type === 'StepScaling' && (input.StepAdjustments ?? []).length === 0) {
        throw validationError('You must specify at least one StepAdjustment when PolicyType is StepScaling.');
      }
      if (type === 'SimpleScaling' && input.ScalingAdjustment === undefined) {
        throw validationError('You must specify ScalingAdjustment when PolicyType is SimpleScaling.');
      }
      const name = input.PolicyName ?? '';
      const policy: ScalingPolicy = {
        ...input,
        PolicyType: type,
        Enabled: input.Enabled ?? true,
        PolicyARN: group.policies.get(name)?.PolicyARN ?? policyArn(group, name),
        Alarms: [],
      };
      group.policies.set(name, policy);
      return { PolicyARN: policy.PolicyARN, Alarms: [] };
    },

    DescribePolicies: (input: DescribePoliciesType): PoliciesType => {
      const { AutoScalingGroupName, PolicyNames = [], PolicyTypes = [] } = input;
      const groups =
        AutoScalingGroupName === undefined ? [...store.groups.values()] : [store.group(AutoScalingGroupName)];
      const policies = groups
        .flatMap((group) => [...group.policies.values()])
        .filter(
          ({ PolicyName = '', PolicyARN = '', PolicyType = '' }) =>
            (PolicyNames.length === 0 ||
              PolicyNames.includes(PolicyName) ||
              PolicyNames.includes(PolicyARN)) &&
            (PolicyTypes.length === 0 || PolicyTypes.includes(PolicyType)),
        );
      const { items, nextToken } = page(policies, input);
      return { ScalingPolicies: items, NextToken: nextToken };
    },

    DeletePolicy: ({ AutoScalingGroupName, PolicyName = '' }: DeletePolicyType): void => {
      const groups =
        AutoScalingGroupName === undefined ? [...store.groups.values()] : [store.group(AutoScalingGroupName)];
      for (const group of groups) {
        for (const [name, { PolicyARN }] of group.policies) {
          if (name === PolicyName || PolicyARN === PolicyName) {
            group.policies.delete(name);
            return;
          }
        }
      }
      throw validationError(`PolicyName not found - No scaling policy found with name: ${PolicyName}`);
    },
  };
}
