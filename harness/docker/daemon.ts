import assert from 'node:assert/strict';

import type { ContainerRuntimeClient } from 'testcontainers';

import { DockerError } from './errors';

/** Docker's own API, below what Testcontainers offers. */
export type Docker = ContainerRuntimeClient['container']['dockerode'];

/** A Docker daemon that answers. */
export interface Daemon {
  readonly client: ContainerRuntimeClient;
  /** E.g. `28.2.2`. */
  readonly version: string;
}

/**
 * Finds the Docker daemon as Testcontainers does: DOCKER_HOST, ~/.testcontainers.properties, the usual sockets.
 *
 * @throws DockerError when none answers.
 */
export async function dockerDaemon(): Promise<Daemon> {
  // Loaded when needed: it takes as long as the start of a small program.
  const { getContainerRuntimeClient } = await import('testcontainers');
  let client: ContainerRuntimeClient;
  try {
    client = await getContainerRuntimeClient();
    // Testcontainers remembers the client of a daemon that may have stopped since.
    const docker = client.container.dockerode;
    await docker.ping();
    // It also goes on to the usual sockets when the one that is named does not answer.
    const { socketPath } = docker.modem as { socketPath?: string };
    if (process.env.DOCKER_HOST?.startsWith('unix://') === true) {
      assert.equal(`unix://${socketPath ?? ''}`, process.env.DOCKER_HOST);
    }
  } catch (cause) {
    const where = process.env.DOCKER_HOST;
    throw new DockerError(
      where === undefined
        ? 'no Docker daemon answers. Start one, or name it with DOCKER_HOST.'
        : `no Docker daemon answers at DOCKER_HOST=${where}. Start it, or unset the variable.`,
      { cause },
    );
  }
  return { client, version: String(client.info.containerRuntime.serverVersion) };
}
