import { createLogger } from '../instance/logger';
import { runProgram } from '../instance/program';
import { readEnvironment } from './environment';
import { startWorker } from './worker';

void runProgram(() => {
  const environment = readEnvironment(process.env);
  const log = createLogger(environment.logLevel);
  return { log, start: () => startWorker(environment, process.env, log) };
});
