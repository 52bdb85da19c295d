import { join } from 'node:path';

import { closeAfter } from '../../support/closing';
import { messageOf } from '../../support/message-of';
import type { BackendName } from '../backend';
import { type Lab, startLab } from '../lab';
import { Narrator } from '../narrator';
import { type ActReport, play, succeeded } from '../play';
import { storyEnvironment } from '../story';
import { printError } from './print';

/** How to play the whole lab. */
export interface PlayOptions {
  readonly project: string;
  readonly port: number;
  readonly timeFactor: number;
  readonly backend?: BackendName;
  readonly json?: boolean;
  readonly signal: AbortSignal;
}

/** Starts a lab, plays every act on it, stops it, and prints what was seen. Resolves with whether all of it was. */
export async function playCommand({
  project,
  port,
  timeFactor,
  backend,
  json,
  signal,
}: PlayOptions): Promise<boolean> {
  const narrator = new Narrator(process.stdout, process.stderr);
  narrator.heading('The lab: from upload to processed, through every failure on the way');
  const lab = await startLab({
    project,
    folder: join(project, '.lab', `play-${process.pid}`),
    port,
    timeFactor,
    backend,
    environment: storyEnvironment(),
    signal,
    onProgress: narrator.step,
  });
  let reports: readonly ActReport[];
  try {
    reports = await play(
      lab,
      {
        act: narrator.heading,
        said: narrator.step,
        saw: narrator.seen,
        failed: narrator.failed,
        notPlayed: narrator.notPlayed,
      },
      signal,
    );
  } catch (error) {
    narrator.step('stopping everything');
    return closeAfter(error, () => lab.close());
  }
  return conclude({ lab, reports, narrator, json });
}

/** A play that came to its end. */
export interface Played {
  readonly lab: Pick<Lab, 'setUp' | 'clock' | 'access' | 'close'>;
  readonly reports: readonly ActReport[];
  readonly narrator: Narrator;
  readonly json?: boolean | undefined;
}

/**
 * Stops the lab of a play and prints what was seen; for a machine in one document, which tells as well why the lab could
 * not be stopped. Resolves with whether all was seen and nothing is left.
 */
export async function conclude({ lab, reports, narrator, json }: Played): Promise<boolean> {
  narrator.step('stopping everything');
  const failure = await lab.close().then(() => undefined, messageOf);
  const seen = succeeded(reports);
  const { setUp, clock, access } = lab;
  if (json === true) {
    const { denials: denied } = access;
    const found = { seen, timeFactor: clock.factor, setUp, acts: reports, denied, error: failure };
    console.log(JSON.stringify(found, undefined, 2));
  } else {
    narrator.table(setUp, reports, clock.factor);
    narrator.denials(access.denials);
    if (failure !== undefined) {
      printError(failure, false);
    }
  }
  return seen && failure === undefined;
}
