import { openSync, closeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { spawnOwned, stopChild } from '../support/child';
import { freePort } from '../support/port';
import type { Emulator, EmulatorBackend, EmulatorOptions } from './emulator';
import { localStackSettings, whenReady } from './localstack';
import { emulatorEnvironment } from './python-environment';

const program = join(__dirname, 'run-localstack.py');
const host = '127.0.0.1';
const stopGraceMs = 5_000;

const temporaryFolder = (folder: string): string => join(folder, 'tmp');

/** LocalStack's settings where it is a process. */
function settings(port: number, { folder, publicUrl }: EmulatorOptions): Record<string, string> {
  return {
    ...localStackSettings(publicUrl),
    GATEWAY_LISTEN: `${host}:${port}`,
    // Where the harness itself runs in a container, LocalStack would take it for its own image, and keep its files at
    // one place for all labs.
    OVERRIDE_IN_DOCKER: '0',
    FILESYSTEM_ROOT: join(folder, 'files'),
    TMPDIR: temporaryFolder(folder),
  };
}

/** Only what every program needs: no AWS credentials, no settings of another LocalStack, no Python path. */
function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = environment;
  return { PATH, HOME, LANG };
}

async function start(options: EmulatorOptions): Promise<Emulator> {
  const { folder, onProgress } = options;
  const environment = await emulatorEnvironment(options);
  await mkdir(temporaryFolder(folder), { recursive: true });
  const port = await freePort(host);
  const url = `http://${host}:${port}`;
  const logFile = join(folder, 'localstack.log');
  const log = openSync(logFile, 'w');
  onProgress('starting LocalStack');
  const child = spawnOwned(environment.python, [program], {
    cwd: folder,
    env: { ...cleanEnvironment(process.env), ...settings(port, options) },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new AbortController();
  child.once('error', (error) => {
    ended.abort(error);
  });
  child.once('exit', (code, killedBy) => {
    ended.abort(new Error(killedBy ?? `exit code ${code ?? '?'}`));
  });
  const stop = (): Promise<void> => stopChild(child, { graceMs: stopGraceMs, group: true });
  const begun = performance.now();
  return whenReady({ emulator: { url, logFile, ended: ended.signal, stop }, at: begun }, options);
}

/** LocalStack as a process, from the harness's own Python environment: for machines without Docker. */
export const processBackend: EmulatorBackend = { name: 'process', start };
