import type { PutScalingPolicyType, ScalingPolicy } from '@aws-sdk/client-auto-scaling';

import { notDoneHere, validationError } from '../../protocol/errors';
import { adjustmentTypes, stepsProblem } from './adjustment';

const policyTypes = ['SimpleScaling', 'StepScaling', 'TargetTrackingScaling', 'PredictiveScaling'];
const aggregations = ['Minimum', 'Maximum', 'Average'];

/** Which types of policy have which settings. */
const belongsTo: Readonly<Partial<Record<keyof PutScalingPolicyType, readonly string[]>>> = {
  AdjustmentType: ['SimpleScaling', 'StepScaling'],
  MinAdjustmentMagnitude: ['SimpleScaling', 'StepScaling'],
  ScalingAdjustment: ['SimpleScaling'],
  Cooldown: ['SimpleScaling'],
  StepAdjustments: ['StepScaling'],
  MetricAggregationType: ['StepScaling'],
  EstimatedInstanceWarmup: ['StepScaling', 'TargetTrackingScaling'],
  TargetTrackingConfiguration: ['TargetTrackingScaling'],
};

/** Clients send a list or a number that they have no value for as an empty list or 0. */
const isNothing = (value: unknown): boolean =>
  value === undefined || value === 0 || (Array.isArray(value) && value.length === 0);

function refuseForeign(input: PutScalingPolicyType, type: string): void {
  for (const [name, types] of Object.entries(belongsTo)) {
    if (!types.includes(type) && !isNothing(Reflect.get(input, name))) {
      throw validationError(`${name} is only supported for policy type ${types.join(' and ')}`);
    }
  }
}

function checkAdjustment(input: PutScalingPolicyType): void {
  const { AdjustmentType: type, MinAdjustmentMagnitude: least } = input;
  if (type === undefined) {
    throw validationError('AdjustmentType must be specified for policy types SimpleScaling and StepScaling.');
  }
  if (!adjustmentTypes.some((known) => known === type)) {
    throw validationError(
      `AdjustmentType ${type} is not valid. Valid types are: ${adjustmentTypes.join(', ')}`,
    );
  }
  if (least !== undefined && (type !== 'PercentChangeInCapacity' || least < 1)) {
    throw validationError(
      'MinAdjustmentMagnitude must be 1 or more, and is only supported by the adjustment type PercentChangeInCapacity.',
    );
  }
}

/**
 * A policy as DescribePolicies shows it, with AWS's defaults for what the request does not say.
 *
 * @throws ServiceError for settings that contradict each other or the type of the policy.
 */
export function checkedPolicy(input: PutScalingPolicyType): ScalingPolicy {
  const type = input.PolicyType ?? 'SimpleScaling';
  if (!policyTypes.includes(type)) {
    throw validationError(`PolicyType ${type} is not valid. Valid types are: ${policyTypes.join(', ')}`);
  }
  if (type === 'PredictiveScaling') {
    throw notDoneHere('autoscaling: a policy of type PredictiveScaling');
  }
  refuseForeign(input, type);
  const policy = { ...input, PolicyType: type, Enabled: input.Enabled ?? true };
  if (type === 'TargetTrackingScaling') {
    if (input.TargetTrackingConfiguration === undefined) {
      throw validationError(
        'TargetTrackingConfiguration must be specified for policy type TargetTrackingScaling.',
      );
    }
    return policy;
  }
  checkAdjustment(input);
  if (type === 'SimpleScaling') {
    if (input.ScalingAdjustment === undefined) {
      throw validationError('ScalingAdjustment must be specified for policy type SimpleScaling.');
    }
    return policy;
  }
  const problem = stepsProblem(input.StepAdjustments ?? []);
  if (problem !== undefined) {
    throw validationError(problem);
  }
  const aggregation = input.MetricAggregationType ?? 'Average';
  if (!aggregations.includes(aggregation)) {
    throw validationError(
      `MetricAggregationType ${aggregation} is not valid. Valid types are: ${aggregations.join(', ')}`,
    );
  }
  return { ...policy, MetricAggregationType: aggregation };
}
