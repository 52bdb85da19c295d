import type {
  InstanceRefresh,
  LaunchTemplateSpecification,
  RefreshPreferences,
} from '@aws-sdk/client-auto-scaling';

import type { Member, ResolvedTemplate } from '../member';

/** Preferences with the defaults of those that have one. */
export type CheckedPreferences = RefreshPreferences & {
  readonly MinHealthyPercentage: number;
  readonly InstanceWarmup: number;
  readonly ScaleInProtectedInstances: 'Refresh' | 'Ignore' | 'Wait';
  readonly StandbyInstances: 'Terminate' | 'Ignore' | 'Wait';
};

/** An instance refresh: what the API shows of it, and where it stands. */
export interface Refresh {
  /** As DescribeInstanceRefreshes shows it. */
  readonly shown: InstanceRefresh;
  readonly preferences: CheckedPreferences;
  /** What new instances are launched from; the group's own template when the refresh names none. */
  template: LaunchTemplateSpecification | undefined;
  /** Members that are to be replaced, those of the warm pool included. */
  outdated: Set<string>;
  /** How many instances there were to replace at its beginning, or at that of its rollback. */
  total: number;
  /** How many of the warm pool there were besides. */
  totalInPool: number;
  /** Checkpoints that were reached. */
  checkpoints: number;
  /** Until when it pauses: after a checkpoint, or to bake. */
  pausedUntil?: Date;
  /** When it fails because of protected or standby instances that nobody released. */
  blockedUntil?: Date;
}

const activeStates = new Set(['Pending', 'InProgress', 'Baking', 'Cancelling', 'RollbackInProgress']);

/** The instance refresh of a group that has not ended. */
export function activeRefresh({
  refreshes,
}: {
  readonly refreshes: readonly Refresh[];
}): Refresh | undefined {
  return refreshes.find(({ shown }) => activeStates.has(shown.Status ?? ''));
}

/** Whether an instance was launched from a template's version. */
export function isOf({ launchTemplate }: Member, template: ResolvedTemplate): boolean {
  return (
    launchTemplate?.LaunchTemplateId === template.LaunchTemplateId &&
    launchTemplate.Version === template.Version
  );
}
