import { openSync, closeSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { z } from 'zod';

import { spawnOwned, stopChild } from '../support/child';
import { freePort } from '../support/port';
import type { Emulator, EmulatorBackend, EmulatorOptions } from './emulator';
import { EmulatorError } from './errors';
import { pythonEnvironment } from './python-environment';

/** What LocalStack serves here; Auto Scaling and Elastic Load Balancing are the fleet's. */
export const services = [
  's3',
  'sns',
  'sqs',
  'cloudwatch',
  'logs',
  'iam',
  'ec2',
  'ssm',
  'kms',
  'sts',
] as const;

const host = '127.0.0.1';
const healthPollMs = 100;
/** A cold disk needs a while to load all of its Python; a warm start is 2.5 to 6 s. */
const bootLimitMs = 120_000;
const stopGraceMs = 5_000;
const logTailLines = 20;

const health = z.object({ services: z.record(z.string(), z.string()) });

/** LocalStack's settings. Source: https://docs.localstack.cloud/references/configuration/ and localstack/config.py 4.14.0. */
function settings(port: number, { folder, publicUrl }: EmulatorOptions): Record<string, string> {
  return {
    SERVICES: services.join(','),
    STRICT_SERVICE_LOADING: '1',
    GATEWAY_LISTEN: `${host}:${port}`,
    LOCALSTACK_HOST: new URL(publicUrl).host,
    // Where the harness itself runs in a container, LocalStack would take it for its own image, and keep its files at
    // one place for all labs.
    OVERRIDE_IN_DOCKER: '0',
    FILESYSTEM_ROOT: join(folder, 'files'),
    SKIP_SSL_CERT_DOWNLOAD: '1',
    DISABLE_EVENTS: '1',
    DNS_ADDRESS: '0',
    // The provider refuses the path form of queue URLs, and the standard form needs DNS: this is host/account/name.
    SQS_ENDPOINT_STRATEGY: 'off',
    SQS_CLOUDWATCH_METRICS_REPORT_INTERVAL: '5',
    PYTHONUNBUFFERED: '1',
  };
}

/** Only what every program needs: no AWS credentials, no settings of another LocalStack, no Python path. */
function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TMPDIR } = environment;
  return { PATH, HOME, LANG, TMPDIR };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/_localstack/health`);
    const { services: states } = health.parse(await response.json());
    return services.every((service) => ['available', 'running'].includes(states[service] ?? ''));
  } catch {
    return false;
  }
}

async function logTail(logFile: string): Promise<string> {
  return (await readFile(logFile, 'utf8')).trim().split('\n').slice(-logTailLines).join('\n');
}

async function start(options: EmulatorOptions): Promise<Emulator> {
  const { folder, onProgress, signal } = options;
  const environment = await pythonEnvironment(options);
  await mkdir(folder, { recursive: true });
  const port = await freePort(host);
  const url = `http://${host}:${port}`;
  const logFile = join(folder, 'localstack.log');
  const log = openSync(logFile, 'w');
  onProgress('starting LocalStack');
  const child = spawnOwned(environment.python, ['-m', 'localstack.runtime.main'], {
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
  try {
    while (!(await isHealthy(url))) {
      signal?.throwIfAborted();
      if (ended.signal.aborted || performance.now() - begun > bootLimitMs) {
        const reason = ended.signal.aborted
          ? `ended (${String(ended.signal.reason)})`
          : 'did not become healthy';
        throw new EmulatorError(
          `LocalStack ${reason}; the end of its log ${logFile}:\n${await logTail(logFile)}`,
        );
      }
      await delay(healthPollMs);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  onProgress(`LocalStack is ready (${((performance.now() - begun) / 1_000).toFixed(1)} s)`);
  return { url, logFile, stop };
}

/** LocalStack as a process, from the harness's own Python environment: for machines without Docker. */
export const processBackend: EmulatorBackend = { name: 'process', start };
