import { constants } from 'node:os';

import type { ContainerStats } from 'dockerode';
import type { StartedTestContainer } from 'testcontainers';

import type { Docker } from '../../docker/daemon';
import { isGone, reasonOf } from '../../docker/errors';
import type { Exposed, LabContainers } from '../../docker/lab-containers';
import { killContainer, removeContainer } from '../../docker/removal';
import type { Body, BodyBackend, BodyExit, BodySpec, CommandResult } from './body';
import { BodyFolder, environmentOf, hostNameOf } from './body-folder';
import { BodyError } from './errors';

/** Settings of {@link containerBodies}. */
export interface ContainerBodiesOptions {
  /** Folder that gets one folder an instance: its console and journals stay after its end. */
  readonly folder: string;
  readonly lab: LabContainers;
  /** The image that every body is made from. */
  readonly image: string;
}

const signals = Object.entries(constants.signals) as [NodeJS.Signals, number][];

/** How Docker tells an end by a signal: 128 and its number. */
function exitOf(statusCode: number): BodyExit {
  const signal = signals.find(([, number]) => statusCode === 128 + number)?.[0] ?? null;
  return { exitCode: signal === null ? statusCode : null, signal };
}

/** The container of an instance, with what was made for it. It is there until it is discarded, running or not. */
interface Machine {
  readonly container: StartedTestContainer;
  readonly folder: BodyFolder;
  /** Its metadata service, as the container reaches it. */
  readonly metadata: Exposed;
}

class ContainerBody implements Body {
  constructor(
    readonly instanceId: string,
    readonly address: string,
    private readonly machine: Machine,
    private readonly docker: Docker,
    readonly exited: Promise<BodyExit>,
  ) {}

  private get id(): string {
    return this.machine.container.getId();
  }

  consoleOutput(): Promise<string> {
    return this.machine.folder.consoleOutput();
  }

  journal(unit: string): Promise<string> {
    return this.machine.folder.journal(unit);
  }

  async run(command: readonly string[]): Promise<CommandResult> {
    try {
      const { exitCode, stdout, stderr } = await this.machine.container.exec([...command], {
        env: { HOME: '/root' },
      });
      return { exitCode, stdout, stderr };
    } catch (error) {
      if (isGone(error)) {
        return { exitCode: -1, stdout: '', stderr: `${this.instanceId} does not run any more` };
      }
      throw error;
    }
  }

  async cpuSeconds(): Promise<number | undefined> {
    try {
      const stats: Partial<ContainerStats> = await this.docker
        .getContainer(this.id)
        .stats({ stream: false, 'one-shot': true });
      // Of a container that is stopped Docker tells nothing but zeros, of one that just goes nothing at all.
      const used = stats.cpu_stats?.cpu_usage.total_usage ?? 0;
      return used === 0 ? undefined : used / 1e9;
    } catch (error) {
      if (isGone(error)) {
        return undefined;
      }
      throw error;
    }
  }

  async kill(): Promise<void> {
    await killContainer(this.docker, this.id);
    await this.exited;
  }
}

class ContainerBodies implements BodyBackend {
  readonly name = 'containers';
  private readonly bodies = new Set<Body>();
  private readonly machines = new Map<string, Machine>();
  private edge: Promise<Exposed> | undefined;

  constructor(private readonly options: ContainerBodiesOptions) {}

  async boot(spec: BodySpec): Promise<Body> {
    const { docker, network } = this.options.lab;
    const { instanceId } = spec;
    const machine = await this.running(spec);
    const exited = docker
      .getContainer(machine.container.getId())
      .wait()
      .then(
        ({ StatusCode }: { StatusCode: number }) => exitOf(StatusCode),
        (): BodyExit => ({ exitCode: null, signal: null }),
      );
    const address = machine.container.getIpAddress(network);
    const body = new ContainerBody(instanceId, address, machine, docker, exited);
    this.bodies.add(body);
    void exited.then(() => this.bodies.delete(body));
    return body;
  }

  async discard(instanceId: string): Promise<void> {
    const machine = this.machines.get(instanceId);
    this.machines.delete(instanceId);
    await machine?.metadata.close();
    if (machine !== undefined) {
      await removeContainer(this.options.lab.docker, machine.container.getId());
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.bodies].map((body) => body.kill()));
    await Promise.all([...this.machines.keys()].map((instanceId) => this.discard(instanceId)));
    await (await this.edge)?.close();
  }

  /** The container of an instance, started: the one that it has, or else a new one. */
  private async running(spec: BodySpec): Promise<Machine> {
    const { lab } = this.options;
    const folder = await BodyFolder.make(this.options.folder, spec);
    const known = this.machines.get(spec.instanceId);
    const metadata = known?.metadata ?? (await lab.expose(portOf(spec.metadataEndpoint)));
    try {
      if (known !== undefined) {
        await known.container.restart();
        return known;
      }
      const edge = await this.exposeEdge(spec);
      const container = await this.start(spec, folder, [
        `${portOf(spec.endpoint)}=${edge.address}`,
        `${portOf(spec.metadataEndpoint)}=${metadata.address}`,
      ]);
      const machine = { container, folder, metadata };
      this.machines.set(spec.instanceId, machine);
      return machine;
    } catch (cause) {
      if (known === undefined) {
        await metadata.close();
      }
      throw new BodyError(
        `Docker gave ${spec.instanceId} no container (${reasonOf(cause)}). What it printed: ${await folder.consoleOutput()}`,
        { cause },
      );
    }
  }

  /** Once for all bodies; anew where it failed. */
  private async exposeEdge({ endpoint }: BodySpec): Promise<Exposed> {
    this.edge ??= this.options.lab.expose(portOf(endpoint));
    try {
      return await this.edge;
    } catch (error) {
      this.edge = undefined;
      throw error;
    }
  }

  private async start(
    spec: BodySpec,
    folder: BodyFolder,
    forwards: readonly string[],
  ): Promise<StartedTestContainer> {
    const { lab, image } = this.options;
    const { GenericContainer, Wait } = await import('testcontainers');
    return new GenericContainer(image)
      .withNetworkMode(lab.network)
      .withHostname(hostNameOf(spec))
      .withLabels({ ...lab.labels, 'upload-pipeline.instance': spec.instanceId })
      .withEnvironment(environmentOf(spec))
      .withBindMounts([
        { source: folder.cloud, target: '/var/lib/cloud/instance', mode: 'ro' },
        { source: folder.console, target: '/var/log/cloud-init-output.log' },
        { source: folder.journals, target: '/var/log/journal' },
      ])
      .withCommand([folder.note, ...forwards])
      .withWaitStrategy(Wait.forLogMessage('up'))
      .start();
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** Bodies as containers of a lab, on its network. */
export function containerBodies(options: ContainerBodiesOptions): BodyBackend {
  return new ContainerBodies(options);
}
