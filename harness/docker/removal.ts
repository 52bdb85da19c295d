import { hasDied } from '../support/owner';
import type { Docker } from './daemon';
import { isGone } from './errors';
import { labLabel, ownerLabel } from './labels';

async function unlessGone(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!isGone(error)) {
      throw error;
    }
  }
}

/** Kills a container at once; it stays, to be started again. */
export async function killContainer(docker: Docker, id: string): Promise<void> {
  await unlessGone(() => docker.getContainer(id).kill());
}

/** Kills a container at once and removes it with its volumes. When somebody else does so, it resolves once that is done. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  const container = docker.getContainer(id);
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (!isGone(error)) {
      throw error;
    }
    await unlessGone(() => container.wait({ condition: 'removed' }));
  }
}

/** Removes everything that a lab has in Docker: its containers, then its network. */
export async function removeLab(docker: Docker, lab: string): Promise<void> {
  const filters = { label: [`${labLabel}=${lab}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => removeContainer(docker, Id)));
  for (const { Id } of await docker.listNetworks({ filters })) {
    await unlessGone(() => docker.getNetwork(Id).remove());
  }
}

/**
 * Removes what labs have left whose process was killed.
 *
 * @returns how many labs
 */
export async function removeLeftovers(docker: Docker): Promise<number> {
  const filters = { label: [ownerLabel] };
  const left = [
    ...(await docker.listContainers({ all: true, filters })),
    ...(await docker.listNetworks({ filters })),
  ].flatMap(({ Labels: labels }) => (hasDied(labels?.[ownerLabel] ?? '') ? [labels?.[labLabel] ?? ''] : []));
  const labs = new Set(left);
  for (const lab of labs) {
    await removeLab(docker, lab);
  }
  return labs.size;
}
