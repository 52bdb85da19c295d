import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { z } from 'zod';

import { messageOf } from '../support/message-of';
import type { Emulator, EmulatorOptions } from './emulator';
import { EmulatorError } from './errors';

/** The lock file of LocalStack's Python environment: the one place that says which version it is, on both backends. */
export const requirements = join(__dirname, 'requirements.txt');

/** Version of LocalStack: the last release that needs no token. */
export const localStackVersion = pinnedVersion(readFileSync(requirements, 'utf8'));

/** The image of that version. */
export const localStackImage = `localstack/localstack:${localStackVersion}`;

/** What LocalStack serves here; Auto Scaling and Elastic Load Balancing are the fleet's. */
const services = ['s3', 'sns', 'sqs', 'cloudwatch', 'logs', 'iam', 'ec2', 'ssm', 'kms', 'sts'] as const;

const healthPollMs = 100;
/** A cold disk needs a while to load all of its Python; a warm start is 2.5 to 6 s. */
const bootLimitMs = 120_000;
const logTailLines = 20;

const health = z.object({ services: z.record(z.string(), z.string()) });

function pinnedVersion(lock: string): string {
  const version = /^localstack-core==(\S+)/m.exec(lock)?.[1];
  if (version === undefined) {
    throw new EmulatorError(`${requirements} pins no localstack-core.`);
  }
  return version;
}

/**
 * LocalStack's settings that every backend gives it. Source: https://docs.localstack.cloud/references/configuration/ and
 * localstack/config.py of that version.
 *
 * @param publicUrl URL of the edge: what LocalStack writes into queue URLs and the like.
 */
export function localStackSettings(publicUrl: string): Record<string, string> {
  return {
    SERVICES: services.join(','),
    STRICT_SERVICE_LOADING: '1',
    LOCALSTACK_HOST: new URL(publicUrl).host,
    SKIP_SSL_CERT_DOWNLOAD: '1',
    DISABLE_EVENTS: '1',
    DNS_ADDRESS: '0',
    // The provider refuses the path form of queue URLs, and the standard form needs DNS: this is host/account/name.
    SQS_ENDPOINT_STRATEGY: 'off',
    SQS_CLOUDWATCH_METRICS_REPORT_INTERVAL: '5',
    PYTHONUNBUFFERED: '1',
  };
}

/** The states of LocalStack's services by name: `available`, then `running` from the first call on. */
export async function serviceStates(url: string): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(`${url}/_localstack/health`);
  return health.parse(await response.json()).services;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const states = await serviceStates(url);
    return services.every((service) => ['available', 'running'].includes(states[service] ?? ''));
  } catch {
    return false;
  }
}

/** The failure of a LocalStack that does not run, with the end of its log. */
export async function localStackFailure(reason: string, logFile: string): Promise<EmulatorError> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const tail = log.trim().split('\n').slice(-logTailLines).join('\n');
  return new EmulatorError(`LocalStack ${reason}; the end of its log ${logFile}:\n${tail}`);
}

async function untilHealthy({ url, logFile, ended }: Emulator, signal?: AbortSignal): Promise<void> {
  const begun = performance.now();
  while (!(await isHealthy(url))) {
    signal?.throwIfAborted();
    if (ended.aborted) {
      throw await localStackFailure(`ended (${messageOf(ended.reason)})`, logFile);
    }
    if (performance.now() - begun > bootLimitMs) {
      throw await localStackFailure('did not become healthy', logFile);
    }
    await delay(healthPollMs);
  }
}

/**
 * Watches a LocalStack that is ready.
 *
 * @param onEnd told when it ends, with the end of its log: whoever calls it would try again for minutes.
 * @returns what ends the watch. Idempotent.
 */
export function watchEmulator(
  { ended, logFile }: Emulator,
  onEnd: (error: EmulatorError) => void,
): () => void {
  const tell = (): void => {
    void localStackFailure(`ended (${messageOf(ended.reason)})`, logFile).then(onEnd);
  };
  if (ended.aborted) {
    tell();
  } else {
    ended.addEventListener('abort', tell, { once: true });
  }
  return () => {
    ended.removeEventListener('abort', tell);
  };
}

/** A LocalStack that was started. */
export interface Begun {
  readonly emulator: Emulator;
  /** When it was begun, by `performance.now()`. */
  readonly at: number;
}

/**
 * Resolves with LocalStack once every service is available, and tells how long that took; else it is stopped.
 *
 * @throws EmulatorError when it ends or is not healthy in time; the signal's reason when aborted.
 */
export async function whenReady(
  { emulator, at }: Begun,
  { onProgress, signal }: Pick<EmulatorOptions, 'onProgress' | 'signal'>,
): Promise<Emulator> {
  try {
    await untilHealthy(emulator, signal);
  } catch (error) {
    await emulator.stop();
    throw error;
  }
  onProgress(`LocalStack is ready (${((performance.now() - at) / 1_000).toFixed(1)} s)`);
  return emulator;
}
