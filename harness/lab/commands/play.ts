import { join } from 'node:path';

import { closeAfter } from '../../support/closing';
import type { BackendName } from '../backend';
import { startLab } from '../lab';
import { Narrator } from '../narrator';
import { play, succeeded } from '../play';
import { storyEnvironment } from '../story';

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
  const stop = (): Promise<void> => {
    narrator.step('stopping everything');
    return lab.close();
  };
  let seen = false;
  try {
    const reports = await play(
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
    seen = succeeded(reports);
    if (json === true) {
      console.log(
        JSON.stringify(
          { seen, timeFactor: lab.clock.factor, setUp: lab.setUp, acts: reports, denied: lab.access.denials },
          undefined,
          2,
        ),
      );
    } else {
      narrator.table(lab.setUp, reports, lab.clock.factor);
      narrator.denials(lab.access.denials);
    }
  } catch (error) {
    return closeAfter(error, stop);
  }
  await stop();
  return seen;
}
