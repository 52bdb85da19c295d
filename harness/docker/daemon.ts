import assert from 'node:assert/strict';

import type Dockerode from 'dockerode';

import { DockerError } from './errors';

/** Docker's own API, below what Testcontainers offers. */
export type Docker = Dockerode;

/**
 * Finds the Docker daemon as Testcontainers does: DOCKER_HOST, ~/.testcontainers.properties, the usual sockets.
 *
 * @throws DockerError when none answers.
 */
export async function dockerDaemon(): Promise<Docker> {
  // Loaded when needed: it takes as long as the start of a small program.
  const { getContainerRuntimeClient } = await import('testcontainers');
  try {
    const { container } = await getContainerRuntimeClient();
    // Testcontainers remembers the client of a daemon that may have stopped since.
    const docker = container.dockerode;
    await docker.ping();
    // It also goes on to the usual sockets when the one that is named does not answer.
    const { socketPath } = docker.modem as { socketPath?: string };
    if (process.env.DOCKER_HOST?.startsWith('unix://') === true) {
      assert.equal(`unix://${socketPath ?? ''}`, process.env.DOCKER_HOST);
    }
    return docker;
  } catch (cause) {
    const where = process.env.DOCKER_HOST;
    throw new DockerError(
      where === undefined
        ? 'no Docker daemon answers. Start one, or name it with DOCKER_HOST.'
        : `no Docker daemon answers at DOCKER_HOST=${where}. Start it, or unset the variable.`,
      { cause },
    );
  }
}
