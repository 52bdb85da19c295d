import { constants } from 'node:os';

import type { StartedTestContainer } from 'testcontainers';

import { isGone, reasonOf } from '../../docker/errors';
import type { Exposed, LabContainers } from '../../docker/lab-containers';
import { removeContainer } from '../../docker/removal';
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

class ContainerBody implements Body {
  constructor(
    readonly instanceId: string,
    readonly address: string,
    private readonly folder: BodyFolder,
    private readonly container: StartedTestContainer,
    private readonly remove: () => Promise<void>,
    readonly exited: Promise<BodyExit>,
  ) {}

  consoleOutput(): Promise<string> {
    return this.folder.consoleOutput();
  }

  journal(unit: string): Promise<string> {
    return this.folder.journal(unit);
  }

  async run(command: readonly string[]): Promise<CommandResult> {
    try {
      const { exitCode, stdout, stderr } = await this.container.exec([...command], {
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

  async kill(): Promise<void> {
    await this.remove();
    await this.exited;
  }
}

class ContainerBodies implements BodyBackend {
  readonly name = 'containers';
  private readonly bodies = new Set<Body>();
  private edge: Promise<Exposed> | undefined;

  constructor(private readonly options: ContainerBodiesOptions) {}

  async boot(spec: BodySpec): Promise<Body> {
    const { lab } = this.options;
    const folder = await BodyFolder.make(this.options.folder, spec);
    const metadata = await lab.expose(portOf(spec.metadataEndpoint));
    try {
      const edge = await this.exposeEdge(spec);
      const container = await this.start(spec, folder, [
        `${portOf(spec.endpoint)}=${edge.address}`,
        `${portOf(spec.metadataEndpoint)}=${metadata.address}`,
      ]);
      const id = container.getId();
      const remove = (): Promise<void> => removeContainer(lab.docker, id);
      const exited = lab.docker
        .getContainer(id)
        .wait()
        .then(
          ({ StatusCode }: { StatusCode: number }) => exitOf(StatusCode),
          (): BodyExit => ({ exitCode: null, signal: null }),
        )
        .then(async (exit) => {
          await metadata.close();
          await remove().catch(() => undefined);
          return exit;
        });
      const address = container.getIpAddress(lab.network);
      const body = new ContainerBody(spec.instanceId, address, folder, container, remove, exited);
      this.bodies.add(body);
      void exited.then(() => this.bodies.delete(body));
      return body;
    } catch (cause) {
      await metadata.close();
      throw new BodyError(
        `Docker gave ${spec.instanceId} no container (${reasonOf(cause)}). What it printed: ${await folder.consoleOutput()}`,
        { cause },
      );
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.bodies].map((body) => body.kill()));
    await (await this.edge)?.close();
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
