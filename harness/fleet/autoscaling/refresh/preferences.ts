import type { RefreshPreferences } from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { Group } from '../group';
import type { CheckedPreferences } from './refresh';

/** Bounds of the preferences that are numbers. Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html */
const bounds = {
  MinHealthyPercentage: [0, 100],
  MaxHealthyPercentage: [100, 200],
  InstanceWarmup: [0, 86_400],
  CheckpointDelay: [0, 172_800],
  BakeTime: [0, 172_800],
} as const;

const usualCheckpointDelay = 3_600;

/** @throws ServiceError for numbers out of their bounds. */
export function checkNumbers(preferences: RefreshPreferences): void {
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = preferences[name as keyof typeof bounds];
    if (value !== undefined && (value < least || value > most)) {
      throw validationError(`${name} is ${value}; it must be from ${least} to ${most}.`);
    }
  }
  const { MinHealthyPercentage: min, MaxHealthyPercentage: max } = preferences;
  if (max !== undefined && min === undefined) {
    throw validationError('MaxHealthyPercentage needs MinHealthyPercentage to be specified as well.');
  }
  if (max !== undefined && min !== undefined && max - min > 100) {
    throw validationError(
      `The difference between MaxHealthyPercentage (${max}) and MinHealthyPercentage (${min}) must not be greater than 100.`,
    );
  }
}

function checkCheckpoints({ CheckpointPercentages: percentages, CheckpointDelay }: RefreshPreferences): void {
  if (percentages === undefined || percentages.length === 0) {
    if (CheckpointDelay !== undefined) {
      throw validationError('CheckpointDelay needs CheckpointPercentages to be specified as well.');
    }
    return;
  }
  const wrong = percentages.some((percentage, index) => {
    const before = percentages[index - 1] ?? 0;
    return percentage <= before || percentage > 100;
  });
  if (wrong) {
    throw validationError(
      `CheckpointPercentages are ${percentages.join(', ')}; they must be from 1 to 100, unique and in ascending order.`,
    );
  }
}

function oneOf<T extends string>(
  value: string | undefined,
  usual: T,
  allowed: readonly T[],
  name: string,
): T {
  const found = value === undefined ? usual : allowed.find((known) => known === value);
  if (found === undefined) {
    throw validationError(`${name} is ${value ?? ''}; it must be one of ${allowed.join(', ')}.`);
  }
  return found;
}

/**
 * The preferences of a refresh, with AWS's defaults.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html
 *
 * @throws ServiceError when they are out of their bounds or contradict each other.
 */
export function checkedPreferences(
  { settings }: Group,
  given: RefreshPreferences | undefined,
): CheckedPreferences {
  const preferences = given ?? {};
  checkNumbers(preferences);
  checkCheckpoints(preferences);
  const { InstanceMaintenancePolicy: policy, DefaultInstanceWarmup, HealthCheckGracePeriod } = settings;
  const hasCheckpoints = (preferences.CheckpointPercentages ?? []).length > 0;
  return {
    ...preferences,
    MinHealthyPercentage: preferences.MinHealthyPercentage ?? policy?.MinHealthyPercentage ?? 90,
    // Said with the minimum or not at all: an own minimum leaves the policy's maximum aside.
    MaxHealthyPercentage:
      preferences.MinHealthyPercentage === undefined
        ? policy?.MaxHealthyPercentage
        : preferences.MaxHealthyPercentage,
    InstanceWarmup: preferences.InstanceWarmup ?? DefaultInstanceWarmup ?? HealthCheckGracePeriod,
    CheckpointDelay: hasCheckpoints ? (preferences.CheckpointDelay ?? usualCheckpointDelay) : undefined,
    ScaleInProtectedInstances: oneOf(
      preferences.ScaleInProtectedInstances,
      'Wait',
      ['Refresh', 'Ignore', 'Wait'],
      'ScaleInProtectedInstances',
    ),
    StandbyInstances: oneOf(
      preferences.StandbyInstances,
      'Wait',
      ['Terminate', 'Ignore', 'Wait'],
      'StandbyInstances',
    ),
  };
}
