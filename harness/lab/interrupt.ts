import { constants } from 'node:os';

/** The person at the terminal, or the system, asked the lab to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly by: NodeJS.Signals) {
    super(`interrupted by ${by}`);
  }
}

/**
 * Exit code of a command that failed: after an interrupt that of a program which the signal ended, by the shells'
 * convention (130 for Ctrl-C), whatever went wrong while it was stopping.
 */
export function failureExitCode(signal: AbortSignal): number {
  return signal.reason instanceof Interrupted ? 128 + constants.signals[signal.reason.by] : 1;
}

/** A signal that is aborted by Ctrl-C, SIGTERM or a closed terminal, so that everything started is stopped in order. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      controller.abort(new Interrupted(name));
    });
  }
  return controller.signal;
}
