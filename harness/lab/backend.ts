import { join } from 'node:path';

import { dockerDaemon } from '../docker/daemon';
import { builtImage } from '../docker/image';
import { LabContainers } from '../docker/lab-containers';
import { containerBackend } from '../emulator/container';
import type { EmulatorBackend } from '../emulator/emulator';
import { processBackend } from '../emulator/process';
import { pythonEnvironment } from '../emulator/python-environment';
import type { BodyBackend } from '../fleet/bodies/body';
import { containerBodies } from '../fleet/bodies/containers';
import { namespaceBodies } from '../fleet/bodies/namespaces';

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

/** Opening a backend for one lab. */
export interface GroundOptions {
  /** Folder for the bodies' consoles and journals; belongs to the lab and is removed with it. */
  readonly folder: string;
  readonly onProgress: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** A backend that was chosen. */
export interface Backend {
  readonly name: BackendName;
  /** Why it was chosen, for the person who wonders. */
  readonly why: string;
  open(options: GroundOptions): Promise<Ground>;
}

async function openProcesses(options: GroundOptions): Promise<Ground> {
  const python = await pythonEnvironment(options);
  return {
    emulator: processBackend,
    bodies: namespaceBodies({ folder: options.folder, python }),
    close: () => Promise.resolve(),
  };
}

async function openContainers({ folder, onProgress, signal }: GroundOptions): Promise<Ground> {
  const daemon = await dockerDaemon();
  const image = await builtImage(daemon, 'upload-pipeline-body', join(__dirname, '../fleet/bodies/image'), {
    onProgress,
    signal,
  });
  const lab = await LabContainers.open(daemon, onProgress);
  return {
    emulator: containerBackend(lab),
    bodies: containerBodies({ folder, lab, image }),
    close: () => lab.close(),
  };
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
): Promise<Backend> {
  const name = asked ?? backendOf(variables.UPLOAD_PIPELINE_LAB_BACKEND);
  if (name !== undefined) {
    const why = asked === undefined ? 'UPLOAD_PIPELINE_LAB_BACKEND says so' : 'as asked for';
    return { name, why, open: name === 'process' ? openProcesses : openContainers };
  }
  try {
    const { version } = await dockerDaemon();
    return { name: 'containers', why: `Docker ${version} answers`, open: openContainers };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { name: 'process', why, open: openProcesses };
  }
}
