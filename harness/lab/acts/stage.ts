import { History } from '../../faults/history';
import type { Body } from '../../fleet/bodies/body';
import { GroupClient, type GroupMember } from '../group-client';
import type { Lab } from '../lab';
import { PipelineClient, type QueueDepth } from '../pipeline-client';
import { ScalingClient } from '../scaling-client';
import { type WaitOptions, NotSeenError, eventually } from '../wait';
import { killWorker, mainPid, startWorker, workerRuns } from '../worker-control';

/** An instance of the worker group, with hands inside. */
export interface WorkerInstance extends GroupMember {
  readonly body: Body;
}

/** At least one. */
export type Some<T> = readonly [T, ...T[]];

/** How long to wait, and what is done each time before it is looked again. */
export interface Patience extends Pick<WaitOptions, 'seconds'> {
  readonly meanwhile?: () => Promise<unknown>;
}

/** What acts play on: the pipeline's own doors, the group, and the hands of an operator inside the instances. */
export class Stage {
  readonly pipeline: PipelineClient;
  readonly group: GroupClient;
  readonly scaling: ScalingClient;
  /** What became of every upload on this stage, by name: what «nothing is lost» is judged by. */
  readonly history = new History();

  constructor(
    readonly lab: Lab,
    /** Told what is being done, one short line a step. */
    readonly say: (line: string) => void,
    private readonly signal?: AbortSignal,
  ) {
    this.pipeline = new PipelineClient(lab.endpoint, lab.outputs);
    this.group = new GroupClient(lab.endpoint, lab.outputs);
    this.scaling = new ScalingClient(lab.endpoint, lab.outputs);
  }

  /** Names of the files that were uploaded on this stage. */
  get uploaded(): string[] {
    return this.history.events.flatMap(({ kind, name }) => (kind === 'acknowledged' ? [name] : []));
  }

  /** Waits until `look` sees something; see {@link eventually}. */
  async until<T>(
    what: string,
    look: () => Promise<T | undefined | false> | T | undefined | false,
    options: Omit<WaitOptions, 'signal'> = {},
  ): Promise<T> {
    return eventually(what, look, this.signal === undefined ? options : { ...options, signal: this.signal });
  }

  /** @throws NotSeenError unless it holds now. */
  must(what: string, holds: boolean): void {
    if (!holds) {
      throw new NotSeenError(`did not see ${what}`);
    }
  }

  async upload(
    name: string,
    body: string | Uint8Array = `content of ${name}\n`,
    contentType?: string,
  ): Promise<void> {
    await this.put(name, body, contentType);
    this.say(`uploaded ${this.pipeline.uploadKey(name)}`);
  }

  async uploadAll(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.put(name, `content of ${name}\n`)));
    this.say(`uploaded ${names.length} files`);
  }

  /**
   * Waits until a file is under `processed/` and no longer under `uploads/`.
   */
  async processed(name: string, { meanwhile, ...wait }: Patience = {}): Promise<void> {
    await this.until(
      `${this.pipeline.processedKey(name)} in place of ${this.pipeline.uploadKey(name)}`,
      async () => {
        await meanwhile?.();
        return this.pipeline.isProcessed(name);
      },
      { ...wait, instead: () => this.describeWorkers() },
    );
  }

  /** Uploaded files that are not processed: under `uploads/` still, or nowhere. */
  async lost(names: readonly string[] = this.uploaded): Promise<string[]> {
    const processed = new Set(await this.pipeline.list(this.pipeline.processedKey('')));
    const waiting = new Set(await this.pipeline.list(this.pipeline.uploadKey('')));
    return names.filter(
      (name) =>
        !processed.has(this.pipeline.processedKey(name)) || waiting.has(this.pipeline.uploadKey(name)),
    );
  }

  async allProcessed(names: readonly string[]): Promise<void> {
    let missing: readonly string[] = names;
    await this.until(
      `${names.length} files processed`,
      async () => {
        missing = await this.lost(names);
        return missing.length === 0;
      },
      { instead: async () => `${missing.length} missing; ${await this.describeWorkers()}` },
    );
  }

  /** Waits for SQS's counters to say what the queue must hold. */
  async queueHolds(
    what: string,
    holds: (depth: QueueDepth) => boolean,
    { meanwhile, ...wait }: Patience = {},
  ): Promise<void> {
    let last: QueueDepth | undefined;
    await this.until(
      what,
      async () => {
        await meanwhile?.();
        last = await this.pipeline.depth();
        return holds(last);
      },
      { ...wait, instead: () => `${last?.visible ?? '?'} visible, ${last?.inFlight ?? '?'} in flight` },
    );
  }

  async queueIsEmpty(patience: Patience = {}): Promise<void> {
    const isEmpty = ({ visible, inFlight }: QueueDepth): boolean => visible === 0 && inFlight === 0;
    await this.queueHolds('an empty queue', isEmpty, patience);
  }

  /** The group's members that are in service and have a body. */
  async members(): Promise<WorkerInstance[]> {
    const { inService } = await this.group.describe();
    return inService.flatMap((member) => {
      const body = this.lab.fleet.body(member.instanceId);
      return body === undefined ? [] : [{ ...member, body }];
    });
  }

  /** Waits until as many members as the group desires are in service. */
  async membersInService(): Promise<Some<WorkerInstance>> {
    return this.untilGroup('in service', () => Promise.resolve(true));
  }

  /** Waits until as many members as the group desires are in service, each with a running worker. */
  async groupReady(): Promise<Some<WorkerInstance>> {
    return this.untilGroup('in service with a running worker', ({ body }) => this.works(body));
  }

  /** Waits until nobody comes or goes: a worker on its way out may take one more task before it hears of that. */
  async groupAtRest(): Promise<void> {
    await this.until('a group where nobody comes or goes', async () => {
      const { comingOrGoing } = await this.group.describe();
      return comingOrGoing === 0;
    });
  }

  /** The members whose worker runs now. */
  async runningWorkers(): Promise<WorkerInstance[]> {
    const members = await this.members();
    const running = await Promise.all(members.map(({ body }) => this.works(body)));
    return members.filter((_, index) => running[index]);
  }

  async works(body: Body): Promise<boolean> {
    return workerRuns(body, this.lab.outputs.workerService);
  }

  /** The worker's process inside its instance; 0 while none runs. */
  async pid({ body }: Pick<WorkerInstance, 'body'>): Promise<number> {
    return mainPid(body, this.lab.outputs.workerService);
  }

  async kill({ body }: Pick<WorkerInstance, 'body'>): Promise<void> {
    await killWorker(body, this.lab.outputs.workerService);
    this.say(`killed the worker on ${body.instanceId} (SIGKILL), and it is kept down`);
  }

  async start({ body }: Pick<WorkerInstance, 'body'>): Promise<void> {
    await startWorker(body, this.lab.outputs.workerService);
    this.say(`started the worker on ${body.instanceId}`);
  }

  async log({ body }: Pick<WorkerInstance, 'body'>): Promise<string> {
    return body.journal(this.lab.outputs.workerService);
  }

  /** The members whose worker's log says something. */
  async whoseLogSays(text: string): Promise<WorkerInstance[]> {
    const members = await this.members();
    const logs = await Promise.all(members.map((member) => this.log(member)));
    return members.filter((_, index) => logs[index]?.includes(text) === true);
  }

  /** Waits for lines in the worker's log. */
  async logSays(worker: Pick<WorkerInstance, 'body'>, ...lines: string[]): Promise<void> {
    await this.until(
      `${lines.map((line) => `«${line}»`).join(' and ')} in the worker's log on ${worker.body.instanceId}`,
      async () => {
        const log = await this.log(worker);
        return lines.every((line) => log.includes(line));
      },
      { instead: () => this.log(worker) },
    );
  }

  close(): void {
    this.pipeline.close();
    this.group.close();
    this.scaling.close();
  }

  private async put(name: string, body: string | Uint8Array, contentType?: string): Promise<void> {
    this.history.add({ kind: 'attempted', name });
    await this.pipeline.upload(name, body, contentType);
    this.history.add({ kind: 'acknowledged', name });
  }

  private async untilGroup(
    state: string,
    holds: (member: WorkerInstance) => Promise<boolean>,
  ): Promise<Some<WorkerInstance>> {
    const { desiredCapacity } = await this.group.describe();
    return this.until(
      `${desiredCapacity} instances ${state}`,
      async () => {
        const members = await this.members();
        const held = await Promise.all(members.map(holds));
        const [first, ...others] = members;
        return (
          first !== undefined &&
          members.length === desiredCapacity &&
          held.every(Boolean) &&
          ([first, ...others] as const)
        );
      },
      { instead: () => this.describeWorkers() },
    );
  }

  private async describeWorkers(): Promise<string> {
    const lines = await Promise.all(
      (await this.members()).map(async (worker) => {
        const tail = (await this.log(worker)).trim().split('\n').slice(-3).join(' | ');
        const console = (await worker.body.consoleOutput()).trim().split('\n').slice(-8).join(' | ');
        const state = (await this.works(worker.body)) ? 'runs' : 'is down';
        return `the worker on ${worker.instanceId} in ${worker.zone} ${state}, log: ${tail}, console: ${console}`;
      }),
    );
    return lines.length === 0 ? 'no instance in service' : lines.join('; ');
  }
}
