import type { FleetSettings } from './fleet-settings';
import { type Problem, backlogProblems, thresholdProblems } from '../validation';

/**
 * How the fleet follows its queue: an instance more while more tasks wait than the threshold, or as many instances as keep
 * the waiting tasks for each near a target.
 */
export type QueueScaling =
  | { readonly policyType: 'StepScaling'; readonly scaleOutThreshold: number }
  | { readonly policyType: 'TargetTrackingScaling'; readonly backlogPerInstance: number };

/** What a person chooses of the scaling of a whole pipeline's workers. */
export interface QueueScalingChoices {
  /** More visible messages than this add a worker instance, unless `backlogPerInstance` is given. */
  readonly scaleOutThreshold: number;
  /** Visible messages for each worker instance that scaling keeps to. @default none: scaling by `scaleOutThreshold` */
  readonly backlogPerInstance?: number | undefined;
}

/** The choices in the words of a worker fleet. */
export function queueScaling({ scaleOutThreshold, backlogPerInstance }: QueueScalingChoices): QueueScaling {
  return backlogPerInstance === undefined
    ? { policyType: 'StepScaling', scaleOutThreshold }
    : { policyType: 'TargetTrackingScaling', backlogPerInstance };
}

/** @returns what AWS would refuse, or what could never scale. */
export function queueScalingProblems(
  scaling: QueueScaling,
  { minSize, schedule = [] }: Pick<FleetSettings, 'minSize' | 'schedule'>,
): Problem[] {
  if (scaling.policyType === 'StepScaling') {
    return thresholdProblems('scaleOutThreshold', scaling.scaleOutThreshold);
  }
  const allowed =
    'a backlog for each instance needs an instance: at least 1, or scale by scaleOutThreshold alone (StepScaling), which starts from none.';
  return [
    ...backlogProblems(scaling.backlogPerInstance),
    ...(minSize === 0 ? [{ field: 'minSize', given: minSize, allowed }] : []),
    ...schedule
      .filter((action) => action.minSize === 0)
      .map(({ name }) => ({ field: `minSize of the schedule ${name}`, given: 0, allowed })),
  ];
}
