import { EnvironmentError, readEnvironment } from './environment';
import { createLogger } from './log/logger';
import { startWorker } from './worker';

/** Exit code for settings that no restart can help, as in sysexits.h. */
const EX_CONFIG = 78;

function main(variables: NodeJS.ProcessEnv): void {
  const environment = readEnvironment(variables);
  const log = createLogger(environment.logLevel);
  const worker = startWorker(environment, variables, log);
  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal }, 'asked to stop');
    void worker.stop();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

try {
  main(process.env);
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EX_CONFIG;
}
