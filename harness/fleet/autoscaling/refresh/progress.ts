import type { Group } from '../group';
import type { Member } from '../member';
import type { Refresh } from './refresh';

/** What a refresh sees of its group. */
export interface View {
  readonly desired: number;
  readonly members: readonly Member[];
  /** Members that are to be replaced and count in the capacity. */
  readonly outdated: readonly Member[];
  /** Those of them that may be replaced now. */
  readonly replaceable: readonly Member[];
  /** Others that are in service but not warm yet, or not in service yet. */
  readonly warming: readonly Member[];
}

/** Writes what the API shows of a refresh's progress; that of a rollback goes down again. */
export function showProgress({ shown, total }: Refresh, { desired, members, outdated, warming }: View): void {
  const unfinished = warming.filter(({ extra }) => extra === undefined).length;
  const missing = Math.max(0, desired - members.length);
  const remaining = Math.min(total, outdated.length + unfinished + missing);
  if (shown.Status === 'RollbackInProgress') {
    const { PercentageCompleteOnRollback = 0 } = shown.RollbackDetails ?? {};
    shown.PercentageComplete =
      total === 0 ? 0 : Math.floor((PercentageCompleteOnRollback * remaining) / total);
    return;
  }
  shown.PercentageComplete = total === 0 ? 100 : Math.floor(((total - remaining) * 100) / total);
  shown.InstancesToUpdate = remaining;
  const [slowest] = warming;
  shown.StatusReason =
    slowest === undefined
      ? undefined
      : `Waiting for instances to warm up before continuing. For example: ${slowest.instanceId} is warming up.`;
}

/**
 * Writes how far the warm pool is, where it had something to replace.
 *
 * @returns how many instances of it are still to be replaced.
 */
export function showPoolProgress({ shown, outdated, totalInPool }: Refresh, { pool }: Group): number {
  const remaining = (pool?.members ?? []).filter(({ instanceId }) => outdated.has(instanceId)).length;
  if (totalInPool > 0 && shown.Status !== 'RollbackInProgress') {
    const { PercentageComplete, InstancesToUpdate } = shown;
    shown.ProgressDetails = {
      LivePoolProgress: { PercentageComplete, InstancesToUpdate },
      WarmPoolProgress: {
        PercentageComplete: Math.floor((Math.max(0, totalInPool - remaining) * 100) / totalInPool),
        InstancesToUpdate: remaining,
      },
    };
  }
  return remaining;
}

/** Which percentage of the instances is to be new before the refresh pauses or ends. */
export function checkpointOf({ shown, preferences, checkpoints }: Refresh): number {
  return shown.Status === 'InProgress' ? (preferences.CheckpointPercentages?.[checkpoints] ?? 100) : 100;
}
