import type { Faults } from './edge/faults';
import { History } from './faults/history';
import { type Verdict, judge } from './faults/verdict';
import type { Fleet } from './fleet/fleet';
import { Stage, type WorkerInstance } from './lab/acts/stage';
import { type Lab, type LabOptions, startLab as start } from './lab/lab';
import type { LabOutputs } from './lab/outputs';
import type { Terraform } from './terraform/terraform';

/** What to rehearse, and how. */
export type TeamLabOptions = LabOptions;

/**
 * The rehearsal room for a team's own tests: the project's own Terraform applied to an emulator, with instances that
 * really run. Every upload goes into a history that the verdict is computed from.
 */
export class TeamLab implements AsyncDisposable {
  private constructor(
    private readonly lab: Lab,
    private readonly stage: Stage,
  ) {}

  /** @throws Error that says what to do; nothing is left behind then. */
  static async start(options: TeamLabOptions = {}): Promise<TeamLab> {
    const lab = await start(options);
    return new TeamLab(lab, new Stage(lab, options.onProgress ?? ((): void => undefined), options.signal));
  }

  /** The one URL for every AWS API: hand it to your own SDK clients, with any credentials. */
  get endpoint(): string {
    return this.lab.endpoint;
  }

  /** Names, ARNs and URLs of what was applied, from Terraform's outputs. */
  get outputs(): LabOutputs {
    return this.lab.outputs;
  }

  /** The instances: `fleet.kill(id)` is the failure of a host. */
  get fleet(): Fleet {
    return this.lab.fleet;
  }

  /** What can be broken between clients and services: hold calls, or let them fail as AWS would. */
  get faults(): Faults {
    return this.lab.edge.faults;
  }

  /** The real Terraform, at work on what was applied. */
  get terraform(): Terraform {
    return this.lab.terraform;
  }

  /** Puts a file under the uploads prefix and resolves once S3 has it. */
  async upload(name: string, body?: string | Uint8Array): Promise<void> {
    await this.stage.upload(name, body);
  }

  /** Waits until a file is under the processed prefix and no longer under the uploads prefix. */
  async processed(name: string): Promise<void> {
    await this.stage.processed(name);
  }

  /** The text of a result. */
  async result(name: string): Promise<string> {
    return this.stage.pipeline.read(this.stage.pipeline.processedKey(name));
  }

  /** Waits until nothing is under the uploads prefix and the queue is empty. */
  async drained(seconds = 180): Promise<void> {
    const uploads = this.stage.pipeline.uploadKey('');
    let left: readonly string[] = [];
    await this.stage.until(
      'every upload processed',
      async () => {
        left = await this.stage.pipeline.list(uploads);
        return left.length === 0;
      },
      { seconds, instead: () => `${left.length} left: ${left.slice(0, 5).join(', ')}` },
    );
    await this.stage.queueIsEmpty();
  }

  /** Waits until the worker group is as large as it wants to be, each instance with a running worker. */
  async ready(): Promise<readonly WorkerInstance[]> {
    return this.stage.groupReady();
  }

  /** The instances of the worker group whose worker runs now. */
  async workers(): Promise<readonly WorkerInstance[]> {
    return this.stage.runningWorkers();
  }

  /** Kills the worker on an instance (SIGKILL) and keeps it down. */
  async killWorker(worker: WorkerInstance): Promise<void> {
    await this.stage.kill(worker);
  }

  /** Starts the worker on an instance again. */
  async startWorker(worker: WorkerInstance): Promise<void> {
    await this.stage.start(worker);
  }

  /** Terminates an instance by EC2's API; its group replaces it. */
  async terminate({ instanceId }: Pick<WorkerInstance, 'instanceId'>): Promise<void> {
    await this.stage.group.terminate(instanceId);
  }

  /** Looks at both prefixes now, and judges the whole history. */
  async verdict(): Promise<Verdict> {
    const { pipeline, history } = this.stage;
    const seen = new History();
    const uploads = pipeline.uploadKey('');
    for (const key of await pipeline.list(uploads)) {
      seen.add({ kind: 'waiting', name: key.slice(uploads.length) });
    }
    const results = pipeline.processedKey('');
    const uploaded = [...new Set(history.events.map(({ name }) => name))];
    for (const [key, versions] of await pipeline.versions(results)) {
      const name = key.slice(results.length);
      // What was made of an upload lies below its name and belongs to it.
      if (!uploaded.some((upload) => name.startsWith(`${upload}/`))) {
        seen.add({ kind: 'processed', name, versions });
      }
    }
    return judge([...history.events, ...seen.events]);
  }

  /** Stops everything and leaves nothing behind. Idempotent. */
  async close(): Promise<void> {
    this.stage.close();
    await this.lab.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Starts a lab. `await using lab = await startLab();` stops it at the end of the block. See {@link TeamLab.start}. */
export const startLab = (options?: TeamLabOptions): Promise<TeamLab> => TeamLab.start(options);
