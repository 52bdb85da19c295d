import { EnvironmentError } from './environment';
import type { Logger } from './logger';

/** Exit code for settings that no restart can help, as in sysexits.h. */
const EX_CONFIG = 78;

/** A program that runs until it is stopped. */
export interface Running {
  /** Ends it in good order; resolves when nothing is left running. */
  readonly stop: () => Promise<void>;
}

/**
 * Runs a program until SIGTERM or SIGINT asks it to stop. Wrong settings end it with the exit code 78 and a message on
 * stderr.
 *
 * @param prepare reads the settings, before anything is started.
 */
export async function runProgram(
  prepare: () => { readonly log: Logger; readonly start: () => Promise<Running> },
): Promise<void> {
  try {
    const { log, start } = prepare();
    const starting = start();
    const stop = async (signal: NodeJS.Signals): Promise<void> => {
      log.info({ signal }, 'asked to stop');
      const running = await starting;
      await running.stop();
    };
    process.once('SIGTERM', (signal) => void stop(signal));
    process.once('SIGINT', (signal) => void stop(signal));
    await starting;
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = EX_CONFIG;
  }
}
