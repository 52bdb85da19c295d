import pino, { type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * The structured log: JSON lines on stderr, so that the plain lines of the story have stdout to themselves. Under systemd
 * both reach the journal.
 */
export function createLogger(level: string): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}
