import { randomUUID } from 'node:crypto';
import { BlockList } from 'node:net';

import { Closing } from '../support/closing';
import { ownerName } from '../support/owner';
import type { Docker } from './daemon';
import { DockerError, reasonOf } from './errors';
import { labLabel, labelsOf } from './labels';
import { type Relay, startRelay } from './relay';
import { removeLab, removeLeftovers } from './removal';

/** A port of this machine's loopback, as the lab's containers reach it. */
export interface Exposed {
  /** `host:port` */
  readonly address: string;
  /** Ends it. Idempotent. */
  close(): Promise<void>;
}

interface Subnet {
  readonly gateway: string;
  readonly containers: BlockList;
}

/** What one lab has in Docker: a network of its own, and labels by which all of it is removed as one. */
export class LabContainers {
  private readonly exposed = new Closing();

  private constructor(
    readonly docker: Docker,
    readonly id: string,
    readonly labels: Record<string, string>,
    /** Name of the lab's network. */
    readonly network: string,
    private readonly subnet: Subnet,
  ) {}

  /**
   * Makes the lab's network, after removing what labs have left that were killed.
   *
   * @throws DockerError when Docker gives no network; nothing is left behind then.
   */
  static async open(docker: Docker, onProgress: (message: string) => void): Promise<LabContainers> {
    const id = randomUUID();
    const labels = labelsOf(id, ownerName());
    const network = `upload-pipeline-${id}`;
    try {
      const left = await removeLeftovers(docker);
      if (left > 0) {
        onProgress(`removed from Docker what ${left} killed ${left === 1 ? 'lab' : 'labs'} had left`);
      }
      const { id: networkId } = await docker.createNetwork({
        Name: network,
        Driver: 'bridge',
        Labels: labels,
        // What containers publish is for this machine only.
        Options: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' },
      });
      return new LabContainers(docker, id, labels, network, await subnetOf(docker, networkId));
    } catch (cause) {
      await removeLab(docker, id).catch(() => undefined);
      throw new DockerError(
        `Docker gives the lab no network (${reasonOf(cause)}). See what there is with: docker network ls; ` +
          'remove what is not used any more with: docker network prune',
        { cause },
      );
    }
  }

  /**
   * Lets the lab's containers, and nobody else, reach a port of this machine's loopback. Where Docker runs on this very
   * Linux a relay on the network's gateway does it; Docker Desktop does it itself, by a name.
   */
  async expose(port: number): Promise<Exposed> {
    const { gateway, containers } = this.subnet;
    let relay: Relay;
    try {
      relay = await startRelay({ host: gateway, target: port, allowed: containers });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') {
        throw error;
      }
      return { address: `host.docker.internal:${port}`, close: () => Promise.resolve() };
    }
    const close = (): Promise<void> => relay.close();
    this.exposed.add(close);
    return { address: `${gateway}:${relay.port}`, close };
  }

  /**
   * Removes everything that the lab has in Docker. Idempotent.
   *
   * @throws DockerError when the daemon does not answer any more, saying what becomes of the rest.
   */
  async close(): Promise<void> {
    await this.exposed.close();
    try {
      await removeLab(this.docker, this.id);
    } catch (cause) {
      throw new DockerError(
        `What the lab has in Docker could not be removed (${reasonOf(cause)}). The next lab removes what is left; ` +
          `by hand: docker ps --all --filter label=${labLabel}=${this.id}`,
        { cause },
      );
    }
  }
}

async function subnetOf(docker: Docker, networkId: string): Promise<Subnet> {
  const { IPAM } = await docker.getNetwork(networkId).inspect();
  for (const { Subnet: subnet = '', Gateway: gateway } of IPAM?.Config ?? []) {
    const [address = '', prefix] = subnet.split('/');
    if (gateway !== undefined && !subnet.includes(':')) {
      const containers = new BlockList();
      containers.addSubnet(address, Number(prefix));
      return { gateway, containers };
    }
  }
  throw new Error('the network that Docker made has no IPv4 gateway');
}
