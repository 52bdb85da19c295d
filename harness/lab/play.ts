import { messageOf } from '../support/message-of';
import { acts } from './acts';
import { Stage } from './acts/stage';
import type { Lab } from './lab';

/** How one act went. */
export interface ActReport {
  readonly number: number;
  readonly name: string;
  readonly story: string;
  readonly seconds: number;
  /** What was seen, one sentence each; empty when the act failed. */
  readonly seen: readonly string[];
  /** Why it did not show what it must; absent when it did. */
  readonly error?: string;
  /** What this machine lacks for it; present when it was not played. */
  readonly lack?: string;
}

/** Who hears of the play while it goes on. */
export interface Audience {
  readonly act: (title: string) => void;
  readonly said: (line: string) => void;
  readonly saw: (line: string) => void;
  readonly failed: (line: string) => void;
  readonly notPlayed: (line: string) => void;
}

/**
 * Plays all acts in order on one lab. Each begins where the one before it ended, so a failure ends the play.
 *
 * @throws the signal's reason when aborted.
 */
export async function play(lab: Lab, audience: Audience, signal?: AbortSignal): Promise<ActReport[]> {
  const stage = new Stage(lab, audience.said, signal);
  const reports: ActReport[] = [];
  try {
    for (const act of acts) {
      const { number, name, story } = act;
      const begun = performance.now();
      const seconds = (): number => (performance.now() - begun) / 1_000;
      audience.act(`Act ${number}, ${name}: ${story}`);
      const lack = act.lack?.();
      if (lack !== undefined) {
        audience.notPlayed(lack);
        reports.push({ number, name, story, seconds: 0, seen: [], lack });
        continue;
      }
      try {
        const seen = await act.play(stage);
        seen.forEach(audience.saw);
        reports.push({ number, name, story, seconds: seconds(), seen });
      } catch (cause) {
        signal?.throwIfAborted();
        const error = messageOf(cause);
        audience.failed(error);
        reports.push({ number, name, story, seconds: seconds(), seen: [], error });
        break;
      }
    }
  } finally {
    stage.close();
  }
  return reports;
}

/** Whether every act showed what it must, or was not played for a lack that is told. */
export function succeeded(reports: readonly ActReport[]): boolean {
  return reports.length === acts.length && reports.every(({ error }) => error === undefined);
}
