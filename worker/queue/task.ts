import { TaskTimeoutError } from './errors';
import type { Lease } from './leases';
import type { ResolvedOptions } from './options';

export type TaskResult = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/**
 * Runs the handler to its end. After the timeout its signal is aborted and its end awaited all the same, so that a
 * message never runs twice here at a time. An AbortError after an abort counts as
 * the abort's reason.
 */
export async function runTask(
  lease: Lease,
  stopping: AbortSignal,
  { handler, taskTimeoutSeconds }: Pick<ResolvedOptions, 'handler' | 'taskTimeoutSeconds'>,
): Promise<TaskResult> {
  const timer =
    taskTimeoutSeconds === undefined
      ? undefined
      : setTimeout(() => {
          lease.abort(new TaskTimeoutError(taskTimeoutSeconds));
        }, taskTimeoutSeconds * 1000);
  try {
    await handler(lease.message, { signal: lease.signal, stopping });
    return { ok: true };
  } catch (error) {
    const aborted = lease.signal.aborted && nameOf(error) === 'AbortError';
    return { ok: false, error: aborted ? lease.signal.reason : error };
  } finally {
    clearTimeout(timer);
  }
}

/** DOMExceptions of another realm are no instances of our Error, so the name decides. */
function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
}
