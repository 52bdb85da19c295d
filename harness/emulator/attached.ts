import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Emulator, EmulatorBackend, EmulatorOptions } from './emulator';
import { EmulatorError } from './errors';
import { serviceStates } from './localstack';

const start = async (url: string, { folder, onProgress }: EmulatorOptions): Promise<Emulator> => {
  const states = await serviceStates(url).catch((cause: unknown) => {
    throw new EmulatorError(
      `No LocalStack answers at ${url}. Start it with: docker compose up --wait; or unset UPLOAD_PIPELINE_LAB_LOCALSTACK to have one started.`,
      { cause },
    );
  });
  const used = Object.keys(states).filter((service) => states[service] === 'running');
  if (used.length > 0) {
    throw new EmulatorError(
      `The LocalStack at ${url} has been used already (${used.join(', ')}), and a lab begins with an empty one. ` +
        'Get one with: docker compose up --wait --force-recreate',
    );
  }
  onProgress(`using the LocalStack at ${url}`);
  await mkdir(folder, { recursive: true });
  const logFile = join(folder, 'localstack.log');
  await writeFile(logFile, `Whoever started ${url} has its log: docker compose logs localstack\n`);
  return { url, logFile, ended: new AbortController().signal, stop: () => Promise.resolve() };
};

/** A LocalStack that somebody else keeps, as docker-compose.yml starts it. */
export function attachedBackend(url: string): EmulatorBackend {
  return { name: 'attached', start: (options) => start(url.replace(/\/$/, ''), options) };
}
