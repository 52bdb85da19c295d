import type {
  Alarm,
  DeletePolicyType,
  DescribeAdjustmentTypesAnswer,
  DescribePoliciesType,
  ExecutePolicyType,
  PoliciesType,
  PolicyARNType,
  PutScalingPolicyType,
  ScalingPolicy,
} from '@aws-sdk/client-auto-scaling';
import { randomUUID } from 'node:crypto';

import { ServiceError, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import type { Group } from '../group';
import { checkLimit } from '../limits';
import { page } from '../../protocol/paging';
import { adjustmentTypes } from '../scaling/adjustment';
import type { Scaling } from '../scaling/scaling';
import { trackedMetric, trackingAlarms } from '../scaling/tracking-alarms';
import { checkedPolicy } from '../scaling/policy-settings';
import type { Store } from '../store';

/** The actions on scaling policies. */
export function policyActions(store: Store, { execution, watch, gateway }: Scaling): ActionHandlers {
  const policyArn = (group: Group, name: string): string =>
    store.arn(
      `scalingPolicy:${randomUUID()}:autoScalingGroupName/${group.settings.AutoScalingGroupName}:policyName/${name}`,
    );

  /** Makes the alarms that a target tracking policy needs, and takes away those it needs no more. */
  function track(group: Group, policy: ScalingPolicy, before: readonly Alarm[]): Alarm[] {
    const { AutoScalingGroupName } = group.settings;
    const { TargetTrackingConfiguration: configuration } = policy;
    const alarms =
      configuration === undefined
        ? []
        : trackingAlarms(AutoScalingGroupName, policy, trackedMetric(AutoScalingGroupName, configuration));
    alarms.forEach((alarm) => {
      gateway.put(alarm);
    });
    const needed = new Set(alarms.map(({ name }) => name));
    const leftOver = before.flatMap(({ AlarmName }) =>
      AlarmName === undefined || needed.has(AlarmName) ? [] : [AlarmName],
    );
    if (leftOver.length > 0) {
      gateway.remove(leftOver);
    }
    const { accountId, region } = store.home;
    return alarms.map(({ name }) => ({
      AlarmName: name,
      AlarmARN: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
    }));
  }

  /** The policy of a name or an ARN. */
  function find(groupName: string | undefined, name: string): { group: Group; policy: ScalingPolicy } {
    for (const group of store.groupsNamed(groupName)) {
      const policy = [...group.policies.values()].find(
        ({ PolicyName, PolicyARN }) => PolicyName === name || PolicyARN === name,
      );
      if (policy !== undefined) {
        return { group, policy };
      }
    }
    throw validationError(`PolicyName not found - No scaling policy found with name: ${name}`);
  }

  return {
    PutScalingPolicy: (input: PutScalingPolicyType): PolicyARNType => {
      const group = store.group(input.AutoScalingGroupName);
      const name = input.PolicyName ?? '';
      const before = group.policies.get(name);
      if (before === undefined) {
        checkLimit('policies', group.policies.size);
      }
      const policy: ScalingPolicy = {
        ...checkedPolicy(input),
        PolicyARN: before?.PolicyARN ?? policyArn(group, name),
        Alarms: before?.Alarms ?? [],
      };
      const Alarms = track(group, policy, before?.Alarms ?? []);
      group.policies.set(name, { ...policy, Alarms });
      return { PolicyARN: policy.PolicyARN, Alarms };
    },

    /** Alarms of step and simple policies are made by their owners, and found in CloudWatch. */
    DescribePolicies: (input: DescribePoliciesType): PoliciesType => {
      const { AutoScalingGroupName, PolicyNames = [], PolicyTypes = [] } = input;
      const policies = store
        .groupsNamed(AutoScalingGroupName)
        .flatMap((group) => [...group.policies.values()])
        .filter(
          ({ PolicyName = '', PolicyARN = '', PolicyType = '' }) =>
            (PolicyNames.length === 0 ||
              PolicyNames.includes(PolicyName) ||
              PolicyNames.includes(PolicyARN)) &&
            (PolicyTypes.length === 0 || PolicyTypes.includes(PolicyType)),
        );
      const { items, nextToken } = page(policies, input);
      return {
        ScalingPolicies: items.map((policy) => ({
          ...policy,
          Alarms:
            policy.PolicyType === 'TargetTrackingScaling'
              ? policy.Alarms
              : watch
                  .alarmsOf(policy.PolicyARN ?? '')
                  .map(({ name, arn }) => ({ AlarmName: name, AlarmARN: arn })),
        })),
        NextToken: nextToken,
      };
    },

    DeletePolicy: ({ AutoScalingGroupName, PolicyName = '' }: DeletePolicyType): void => {
      const { group, policy } = find(AutoScalingGroupName, PolicyName);
      track(group, {}, policy.Alarms ?? []);
      group.policies.delete(policy.PolicyName ?? '');
    },

    ExecutePolicy: (input: ExecutePolicyType): void => {
      const { MetricValue, BreachThreshold, HonorCooldown = false } = input;
      const { group, policy } = find(input.AutoScalingGroupName, input.PolicyName ?? '');
      const who = `a user request executed policy ${policy.PolicyName ?? ''}`;
      if (policy.PolicyType === 'SimpleScaling') {
        const proposal = execution.simple(group, policy, who, HonorCooldown);
        if (proposal === undefined) {
          throw new ServiceError(
            'ScalingActivityInProgress',
            `Scaling activity cannot be started: the group ${group.settings.AutoScalingGroupName} is in its cooldown period.`,
          );
        }
        execution.apply(group, [proposal]);
      } else if (policy.PolicyType === 'StepScaling') {
        if (MetricValue === undefined || BreachThreshold === undefined) {
          throw validationError(
            'MetricValue and BreachThreshold are required to execute a policy of type StepScaling.',
          );
        }
        const comparison = MetricValue >= BreachThreshold ? 'above' : 'below';
        const breach = { metric: MetricValue, threshold: BreachThreshold, comparison } as const;
        execution.apply(group, [execution.step(group, policy, breach, who)]);
      } else {
        throw validationError(`Policies of type ${policy.PolicyType ?? ''} cannot be executed by request.`);
      }
    },

    DescribeAdjustmentTypes: (): DescribeAdjustmentTypesAnswer => ({
      AdjustmentTypes: adjustmentTypes.map((AdjustmentType) => ({ AdjustmentType })),
    }),
  };
}
