import type { Event } from './history';

/**
 * What became of every upload; by the terms of Jepsen's total-queue checker.
 * Source: https://jepsen-io.github.io/jepsen/jepsen.checker.html#var-total-queue
 */
export interface Verdict {
  /** Uploads that S3 acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged, and neither processed nor waiting: must be empty. */
  readonly lost: readonly string[];
  /** Acknowledged and still under the uploads prefix: not lost, and not done. */
  readonly waiting: readonly string[];
  /** Processed though nobody ever uploaded it: must be empty. */
  readonly unexpected: readonly string[];
  /** Processed more than once: the result was written again. Must be empty. */
  readonly duplicated: readonly string[];
  /** Never acknowledged, and yet there: the answer was lost, the upload was not. */
  readonly recovered: readonly string[];
  /** Nothing lost, nothing unexpected, nothing twice, nothing left. */
  readonly holds: boolean;
}

/** Judges a history; of what was seen of a name, the last counts. */
export function judge(events: readonly Event[]): Verdict {
  const attempted = new Set<string>();
  const acknowledged = new Set<string>();
  const versions = new Map<string, number>();
  const waiting = new Set<string>();
  for (const event of events) {
    switch (event.kind) {
      case 'attempted':
        attempted.add(event.name);
        break;
      case 'acknowledged':
        acknowledged.add(event.name);
        break;
      case 'processed':
        versions.set(event.name, event.versions);
        waiting.delete(event.name);
        break;
      case 'waiting':
        waiting.add(event.name);
        break;
    }
  }
  const processed = [...versions.keys()];
  const result = {
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((name) => !versions.has(name) && !waiting.has(name)),
    waiting: [...waiting].filter((name) => acknowledged.has(name)),
    unexpected: processed.filter((name) => !attempted.has(name)),
    duplicated: processed.filter((name) => (versions.get(name) ?? 0) > 1),
    recovered: processed.filter((name) => attempted.has(name) && !acknowledged.has(name)),
  };
  const { lost, waiting: left, unexpected, duplicated } = result;
  return { ...result, holds: [lost, left, unexpected, duplicated].every(({ length }) => length === 0) };
}

/** A verdict in one line, with the names of what should not be. */
export function describeVerdict(verdict: Verdict): string {
  const named = (['lost', 'waiting', 'unexpected', 'duplicated'] as const).flatMap((what) =>
    verdict[what].length === 0 ? [] : [`${what}: ${verdict[what].join(', ')}`],
  );
  return named.length === 0
    ? `all ${verdict.acknowledged} acknowledged uploads are processed once; nothing is lost, nothing unexpected`
    : named.join('; ');
}
