import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { Access } from '../access/access';
import { Edge } from '../edge/edge';
import { attachedBackend } from '../emulator/attached';
import type { Emulator } from '../emulator/emulator';
import { watchEmulator } from '../emulator/localstack';
import { type Clock, WallClock, tellFactor } from '../fleet/clock';
import { Fleet } from '../fleet/fleet';
import { Closing, closeAfter } from '../support/closing';
import { messageOf } from '../support/message-of';
import { removeFolder } from '../support/remove';
import type { TerraformEvent } from '../terraform/events';
import { type SynthesizedStack, readApp, synthesize } from '../terraform/synthesize';
import { Terraform } from '../terraform/terraform';
import { type BackendName, backends, chooseBackend } from './backend';
import { refuseFullDisk, watchDisk } from './disk';
import { makeLabFolder } from './lab-folder';
import { onceWhileItLasts } from './once-while-it-lasts';
import { type LabOutputs, readOutputs } from './outputs';

/** What to rehearse, and where. */
export interface LabOptions {
  /** Folder of the project that is rehearsed: the one with `cdktf.json`. @default the working folder */
  readonly project?: string;
  /** Folder for all that the lab writes; made by the lab and removed with it. @default `.lab/<pid>-<number>` in the project */
  readonly folder?: string;
  /** Port of the one endpoint on 127.0.0.1. @default 0, a free one */
  readonly port?: number;
  /** Fields of the project's configuration, as its JSON file has them. @default the project's own defaults */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * What it runs on. @default what `UPLOAD_PIPELINE_LAB_BACKEND` names; else containers where a Docker daemon answers,
   * processes where none does
   */
  readonly backend?: BackendName | undefined;
  /**
   * By how much periods, cooldowns, warm-ups and the like are compressed, at most 60; the resources stay as they are applied.
   * docs/decisions/time.md says what is and what is not. @default 1, real time
   */
  readonly timeFactor?: number;
  /** Environment variables for the synthesis: fields of the configuration. @default none beyond the caller's */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told what is going on, one short line a step. @default nobody */
  readonly onProgress?: (message: string) => void;
  /** Aborting stops the start, or the lab, and leaves nothing behind. */
  readonly signal?: AbortSignal;
}

/** One step of setting up a lab. */
export interface SetUpStep {
  readonly name: 'backend' | 'emulator' | 'synthesis' | 'terraform init' | 'terraform apply';
  readonly seconds: number;
}

/** A running lab: the architecture applied by Terraform, on an emulator, with instances that really run. */
export interface Lab {
  /** The one URL for every AWS API: `aws --endpoint-url`. */
  readonly endpoint: string;
  readonly backend: BackendName;
  readonly folder: string;
  readonly outputs: LabOutputs;
  readonly edge: Edge;
  /** LocalStack, behind the edge. When it ends by itself the lab is of no use any more. */
  readonly emulator: Emulator;
  /** Who may do what, and who was refused. */
  readonly access: Access;
  /** The time that the fleet goes by. */
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly terraform: Terraform;
  /** Folder of the synthesized stack that was applied. */
  readonly stackFolder: string;
  /** Applies the configuration with other fields, as environment variables of the synthesis. @default as at the start */
  readonly apply: (environment?: Readonly<Record<string, string>>) => Promise<void>;
  /** How long each step took. */
  readonly setUp: readonly SetUpStep[];
  /** Stops everything and removes the folder. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How many labs this process has started. */
let labs = 0;

/** What Terraform's events mean to a person, one line each; nothing for those that only repeat. */
function describeEvent(event: TerraformEvent): string | undefined {
  switch (event.type) {
    case 'apply_complete':
      return `${event.hook.resource.addr} ${event.hook.action} done (${event.hook.elapsed_seconds ?? 0} s)`;
    case 'apply_progress':
      return `${event.hook.resource.addr} ${event.hook.action} goes on (${event.hook.elapsed_seconds ?? 0} s)`;
    case 'change_summary':
      return `terraform ${event.changes.operation}: ${event.changes.add} to add, ${event.changes.change} to change, ${event.changes.remove} to destroy`;
    case 'diagnostic':
      return `${event.diagnostic.severity}: ${event.diagnostic.summary}`;
    case 'apply_start':
    case 'apply_errored':
    case 'planned_change':
    case 'resource_drift':
      return undefined;
  }
}

/**
 * Starts a lab: the emulator behind the edge, the fleet, and the project's own Terraform applied to them.
 *
 * @throws TerraformError, EmulatorError and the like, each saying what to do; everything started is stopped again.
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const project = resolve(options.project ?? '.');
  const folder = resolve(options.folder ?? join(project, '.lab', `${process.pid}-${(labs += 1)}`));
  const onProgress = options.onProgress ?? ((): void => undefined);
  const broken = new AbortController();
  const signals = [broken.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const clock = new WallClock(options.timeFactor);
  await readApp(project);
  await refuseFullDisk(folder);
  const interruptible = { signal: AbortSignal.any(signals) };
  const closing = new Closing();
  const setUp: SetUpStep[] = [];
  const timed = async <T>(name: SetUpStep['name'], step: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await step();
    setUp.push({ name, seconds: (performance.now() - begun) / 1_000 });
    return result;
  };
  try {
    await makeLabFolder(folder);
    closing.add(() => removeFolder(folder));
    const configFile = join(folder, 'config.json');
    const common = {
      ...options.environment,
      ...(options.config === undefined ? {} : { UPLOAD_PIPELINE_CONFIG: configFile }),
    };
    if (options.config !== undefined) {
      await writeFile(configFile, JSON.stringify(options.config));
    }
    let starting = true;
    closing.add(
      watchDisk(folder, (error) => {
        if (starting) {
          broken.abort(error);
        } else {
          onProgress(error.message);
        }
      }),
    );

    const backend = await chooseBackend(options.backend);
    onProgress(`backend: ${backend.name} (${backend.why})`);
    const ground = await timed('backend', () =>
      backends[backend.name].open({ folder: join(folder, 'instances'), onProgress, ...interruptible }),
    );
    closing.add(() => ground.close());

    const edge = await Edge.start({ port: options.port ?? 0 });
    closing.add(() => edge.close());
    const kept = process.env.UPLOAD_PIPELINE_LAB_LOCALSTACK ?? '';
    const emulatorBackend = kept === '' ? ground.emulator : attachedBackend(kept);
    const emulator = await timed('emulator', () =>
      emulatorBackend.start({
        folder: join(folder, 'localstack'),
        publicUrl: edge.url,
        onProgress,
        ...interruptible,
      }),
    );
    closing.add(() => emulator.stop());
    closing.add(
      watchEmulator(emulator, (error) => {
        onProgress(error.message);
        broken.abort(error);
      }),
    );
    edge.forwardTo(emulator.url);

    const compressed = tellFactor(clock.factor);
    if (compressed !== undefined) {
      onProgress(`time ${compressed}`);
    }
    const synthesizeWith = (environment: Readonly<Record<string, string>> = {}): Promise<SynthesizedStack> =>
      synthesize({
        project,
        outputFolder: join(folder, 'cdktf.out'),
        environment: { ...common, ...environment, UPLOAD_PIPELINE_ENDPOINT: edge.url },
        ...interruptible,
      });
    onProgress('synthesizing the stack');
    const stack = await timed('synthesis', () => synthesizeWith());

    const access = Access.start({ edge, region: stack.region });
    closing.add(() => {
      access.close();
    });

    const fleet = Fleet.start({
      edge,
      region: stack.region,
      bodies: ground.bodies,
      rights: access.serviceRights,
      clock,
      onError: onceWhileItLasts((message) => {
        onProgress(`the fleet: ${message}`);
      }),
    });
    closing.add(() => fleet.close());

    const terraform = await Terraform.open({
      workingFolder: stack.folder,
      stateFolder: join(folder, 'terraform'),
      onProgress,
      onEvent: (event) => {
        const line = describeEvent(event);
        if (line !== undefined) {
          onProgress(line);
        }
      },
      ...interruptible,
    });
    onProgress('terraform init');
    await timed('terraform init', () => terraform.init());
    onProgress('terraform apply');
    await timed('terraform apply', () => terraform.apply());
    const missing = await access.missingGrants();
    if (missing.length > 0) {
      throw new Error(['What was applied cannot deliver:', ...missing].join('\n'));
    }
    const outputs = readOutputs(await terraform.outputs());
    interruptible.signal.throwIfAborted();
    starting = false;

    const close = (): Promise<void> => closing.close();
    options.signal?.addEventListener(
      'abort',
      () => {
        close().catch((error: unknown) => {
          onProgress(`the lab could not be stopped: ${messageOf(error)}`);
        });
      },
      { once: true },
    );
    return {
      endpoint: edge.url,
      backend: backend.name,
      folder,
      outputs,
      edge,
      emulator,
      access,
      clock,
      fleet,
      terraform,
      stackFolder: stack.folder,
      apply: async (environment) => {
        await synthesizeWith(environment);
        await terraform.apply();
      },
      setUp,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    return closeAfter(broken.signal.aborted ? broken.signal.reason : error, () => closing.close());
  }
}
