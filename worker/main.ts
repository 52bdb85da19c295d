import { EnvironmentError, readEnvironment } from './environment';
import { createLogger } from './log/logger';
import { startWorker } from './worker';

/** Exit code for settings that no restart can help, as in sysexits.h. */
const EX_CONFIG = 78;

async function main(variables: NodeJS.ProcessEnv): Promise<void> {
  const environment = readEnvironment(variables);
  const log = createLogger(environment.logLevel);
  const starting = startWorker(environment, variables, log);
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    log.info({ signal }, 'asked to stop');
    const worker = await starting;
    await worker.stop();
  };
  process.once('SIGTERM', (signal) => void stop(signal));
  process.once('SIGINT', (signal) => void stop(signal));
  await starting;
}

main(process.env).catch((error: unknown) => {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EX_CONFIG;
});
