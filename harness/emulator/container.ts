import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { reasonOf } from '../docker/errors';
import { pullImage } from '../docker/image';
import type { LabContainers } from '../docker/lab-containers';
import type { Emulator, EmulatorBackend, EmulatorOptions } from './emulator';
import { localStackFailure, localStackImage, localStackSettings, whenReady } from './localstack';
import { endLog, openLog } from './log-file';

/** Where LocalStack listens in its container. */
const port = 4566;

async function start(lab: LabContainers, options: EmulatorOptions): Promise<Emulator> {
  const { folder, publicUrl, onProgress, signal } = options;
  await pullImage(lab.docker, localStackImage, { onProgress, signal });
  await mkdir(folder, { recursive: true });
  const logFile = join(folder, 'localstack.log');
  const log = openLog(logFile, onProgress);
  const ended = new AbortController();
  onProgress('starting LocalStack in a container');
  const begun = performance.now();
  const { LocalstackContainer } = await import('@testcontainers/localstack');
  const container = await new LocalstackContainer(localStackImage)
    .withEnvironment({ ...localStackSettings(publicUrl), GATEWAY_LISTEN: `0.0.0.0:${port}` })
    .withNetworkMode(lab.network)
    .withLabels(lab.labels)
    .withLogConsumer((stream) => {
      stream.on('data', (line: Buffer | string) => log.write(line));
      stream.once('end', () => {
        endLog(log, () => {
          ended.abort('its container stopped');
        });
      });
    })
    .start()
    .catch(async (error: unknown) => {
      try {
        throw await localStackFailure(`did not start (${reasonOf(error)})`, logFile);
      } finally {
        log.destroy();
      }
    });
  const stop = async (): Promise<void> => {
    await container.stop();
  };
  const url = `http://127.0.0.1:${container.getPort()}`;
  return whenReady({ emulator: { url, logFile, ended: ended.signal, stop }, at: begun }, options);
}

/** LocalStack as a container of a lab, from its own image. */
export function containerBackend(lab: LabContainers): EmulatorBackend {
  return { name: 'container', start: (options) => start(lab, options) };
}
