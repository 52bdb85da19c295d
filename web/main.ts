import { createLogger } from '../instance/logger';
import { runProgram } from '../instance/program';
import { readEnvironment } from './environment';
import { startSite } from './site';

void runProgram(() => {
  const environment = readEnvironment(process.env);
  const log = createLogger(environment.logLevel);
  return { log, start: () => startSite(environment, process.env, log) };
});
