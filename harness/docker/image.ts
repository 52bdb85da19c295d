import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import type { Docker } from './daemon';
import { DockerError, isGone, reasonOf } from './errors';

/** Who hears of the getting, which may take minutes, and how to stop it. */
export interface ImageOptions {
  readonly onProgress: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

async function isThere(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if (isGone(error)) {
      return false;
    }
    throw error;
  }
}

const progress = z.object({ error: z.string().optional() });

/** Resolves when the daemon has done what it streams the progress of; what fails on the way is a line of that. */
async function finished(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (failure: Error | null, lines: unknown[]) => {
      const told = lines.flatMap((line) => progress.safeParse(line).data?.error ?? []);
      const error = failure ?? (told.length === 0 ? null : new Error(told.join('; ')));
      if (error === null) {
        resolve();
      } else {
        reject(error);
      }
    });
  });
}

/** An aborted call of dockerode rejects with its own error; the reason is the signal's. */
async function get(
  what: string,
  advice: string,
  options: ImageOptions,
  action: () => Promise<void>,
): Promise<void> {
  options.signal?.throwIfAborted();
  try {
    await action();
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new DockerError(`${what} (${reasonOf(cause)}). ${advice}`, { cause });
  }
}

/**
 * Pulls an image unless it is there.
 *
 * @throws DockerError when it cannot be had, with what the registry said.
 */
export async function pullImage(docker: Docker, image: string, options: ImageOptions): Promise<void> {
  const advice =
    'Where no registry can be reached, load it (docker load) or build it under this name, or use --backend process.';
  await get(`The image ${image} could not be pulled`, advice, options, async () => {
    if (await isThere(docker, image)) {
      return;
    }
    options.onProgress(`pulling ${image} (once; kept by Docker)`);
    const { signal: abortSignal } = options;
    await finished(docker, await docker.pull(image, abortSignal === undefined ? {} : { abortSignal }));
  });
}

/**
 * Builds an image from a folder with a Dockerfile unless it is there. Its tag changes with everything in the folder.
 *
 * @returns its name with the tag
 * @throws DockerError when it cannot be built, with what the builder said.
 */
export async function builtImage(
  docker: Docker,
  name: string,
  folder: string,
  options: ImageOptions,
): Promise<string> {
  const files = (await readdir(folder)).sort();
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file}\0`).update(await readFile(join(folder, file)));
  }
  const image = `${name}:${hash.digest('hex').slice(0, 16)}`;
  const advice = `See for yourself with: docker build ${folder}`;
  await get(`The image ${name} could not be built from ${folder}`, advice, options, async () => {
    if (await isThere(docker, image)) {
      return;
    }
    options.onProgress(`building the image ${image} (once, a minute or two; kept by Docker)`);
    const { signal: abortSignal } = options;
    const stream = await docker.buildImage(
      { context: folder, src: files },
      { t: image, ...(abortSignal === undefined ? {} : { abortSignal }) },
    );
    await finished(docker, stream);
  });
  return image;
}
