import { join } from 'node:path';

import { type Docker, dockerDaemon } from '../docker/daemon';
import { builtImage, pullImage } from '../docker/image';
import { LabContainers } from '../docker/lab-containers';
import { containerBackend } from '../emulator/container';
import type { EmulatorBackend } from '../emulator/emulator';
import { localStackImage } from '../emulator/localstack';
import { processBackend } from '../emulator/process';
import { bodyEnvironment, emulatorEnvironment } from '../emulator/python-environment';
import { findPython } from '../emulator/python-interpreter';
import type { BodyBackend } from '../fleet/bodies/body';
import { containerBodies } from '../fleet/bodies/containers';
import { namespaceBodies, whyNoNamespaces } from '../fleet/bodies/namespaces';
import { messageOf } from '../support/message-of';

/** What a lab's parts run as: processes of this Linux, or Docker containers. */
export const backendNames = ['process', 'containers'] as const;
export type BackendName = (typeof backendNames)[number];

/** What a lab runs on, once it was opened for it. */
export interface Ground {
  readonly emulator: EmulatorBackend;
  readonly bodies: BodyBackend;
  /** Removes what belongs to neither of them. Idempotent. */
  close(): Promise<void>;
}

/** Who hears of what a backend does, and how to stop it. */
export interface PreparationOptions {
  readonly onProgress: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** Opening a backend for one lab. */
export interface GroundOptions extends PreparationOptions {
  /** Folder for the bodies' consoles and journals; belongs to the lab and is removed with it. */
  readonly folder: string;
}

/** One way to run a lab. */
export interface Backend {
  /** Why this machine does not have it, and what to do about it; `undefined` when it does. */
  lack(): Promise<string | undefined>;
  /** Gets what is made once and kept, which takes minutes where it is not there yet. */
  prepare(options: PreparationOptions): Promise<void>;
  /** Opens it for one lab. */
  open(options: GroundOptions): Promise<Ground>;
}

function bodyImage(docker: Docker, options: PreparationOptions): Promise<string> {
  return builtImage(docker, 'upload-pipeline-body', join(__dirname, '../fleet/bodies/image'), options);
}

/** What failed, in words. */
async function failureOf(action: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** All backends that there are. */
export const backends: Readonly<Record<BackendName, Backend>> = {
  process: {
    lack: async () => (await whyNoNamespaces()) ?? (await failureOf(() => findPython())),
    prepare: async (options) => {
      await emulatorEnvironment(options);
      await bodyEnvironment(options);
    },
    open: async (options) => ({
      emulator: processBackend,
      bodies: namespaceBodies({ folder: options.folder, python: await bodyEnvironment(options) }),
      close: () => Promise.resolve(),
    }),
  },
  containers: {
    lack: () => failureOf(dockerDaemon),
    prepare: async (options) => {
      const docker = await dockerDaemon();
      await pullImage(docker, localStackImage, options);
      await bodyImage(docker, options);
    },
    open: async (options) => {
      const docker = await dockerDaemon();
      const image = await bodyImage(docker, options);
      const lab = await LabContainers.open(docker, options.onProgress);
      return {
        emulator: containerBackend(lab),
        bodies: containerBodies({ folder: options.folder, lab, image }),
        close: () => lab.close(),
      };
    },
  },
};

/** A backend that was chosen. */
export interface Choice {
  readonly name: BackendName;
  /** Why it was chosen, for the person who wonders. */
  readonly why: string;
}

/** What a variable of the environment names. @throws Error when it is no backend, with those that there are. */
function backendOf(variable: string | undefined): BackendName | undefined {
  const name = backendNames.find((known) => known === variable);
  if (name === undefined && variable !== undefined && variable !== '') {
    throw new Error(
      `UPLOAD_PIPELINE_LAB_BACKEND is ${variable}; the backends are ${backendNames.join(', ')}.`,
    );
  }
  return name;
}

/**
 * Chooses what a lab runs on: the one that is asked for, by the argument or else by `UPLOAD_PIPELINE_LAB_BACKEND`;
 * otherwise containers where a Docker daemon answers, and processes where none does.
 */
export async function chooseBackend(
  asked?: BackendName,
  variables: NodeJS.ProcessEnv = process.env,
): Promise<Choice> {
  if (asked !== undefined) {
    return { name: asked, why: 'as asked for' };
  }
  const named = backendOf(variables.UPLOAD_PIPELINE_LAB_BACKEND);
  if (named !== undefined) {
    return { name: named, why: 'UPLOAD_PIPELINE_LAB_BACKEND says so' };
  }
  const lack = await backends.containers.lack();
  return lack === undefined
    ? { name: 'containers', why: 'a Docker daemon answers' }
    : { name: 'process', why: lack };
}
