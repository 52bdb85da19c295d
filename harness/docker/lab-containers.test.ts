import { spawnSync } from 'node:child_process';

import { Closing } from '../support/closing';
import { ownerName } from '../support/owner';
import { LabContainers } from './lab-containers';
import { labLabel, ownerLabel } from './labels';
import { removeContainer } from './removal';
import { type Answer, ScriptedDaemon } from './testing/daemon';

const network: Record<string, Answer> = {
  'POST /networks/create': { status: 201, body: { Id: 'n1' } },
  'GET /networks/n1': {
    status: 200,
    body: { IPAM: { Config: [{ Subnet: '192.0.2.0/24', Gateway: '192.0.2.1' }] } },
  },
  'DELETE /networks/n1': { status: 204 },
};

/** The name of an owner that lived and is gone. */
function deadOwner(): string {
  const [space] = ownerName().split(' ');
  const { pid } = spawnSync('true');
  return `${space} ${pid} 1`;
}

function listing(owner: string): Record<string, Answer> {
  const labels = { [labLabel]: 'other-lab', [ownerLabel]: owner };
  return {
    'GET /containers/json': { status: 200, body: [{ Id: 'c1', Labels: labels }] },
    'GET /networks': { status: 200, body: [{ Id: 'n2', Labels: labels }] },
  };
}

describe('what a lab has in Docker', () => {
  let daemon: ScriptedDaemon;
  const told: string[] = [];

  async function open(answers: Record<string, Answer>): Promise<LabContainers> {
    daemon = await ScriptedDaemon.start(answers);
    return LabContainers.open(daemon.docker, (message) => told.push(message));
  }

  afterEach(async () => {
    await daemon.stop();
    told.length = 0;
  });

  it('begins with the removal of what a killed lab has left', async () => {
    await open({ ...network, ...listing(deadOwner()) });
    expect(daemon.calls).toEqual(expect.arrayContaining(['DELETE /containers/c1', 'DELETE /networks/n2']));
    expect(told).toEqual(['removed from Docker what 1 killed lab had left']);
  });

  it('waits for the end of a container that another lab removes, before the network goes', async () => {
    await open({
      ...network,
      ...listing(deadOwner()),
      'DELETE /containers/c1': { status: 409, body: { message: 'removal is already in progress' } },
      'POST /containers/c1/wait': { status: 200, body: { StatusCode: 137 } },
    });
    const [, ...after] = daemon.calls.slice(daemon.calls.indexOf('DELETE /containers/c1'));
    expect(after.filter((call) => !call.startsWith('GET'))).toEqual([
      'POST /containers/c1/wait',
      'DELETE /networks/n2',
      'POST /networks/create',
    ]);
  });

  it('leaves alone what belongs to a lab that lives', async () => {
    await open({ ...network, ...listing(ownerName()) });
    expect(daemon.calls.filter((call) => call.startsWith('DELETE'))).toEqual([]);
    expect(told).toEqual([]);
  });

  it('says why there is no network, and leaves none behind', async () => {
    const opening = open({
      ...listing(ownerName()),
      'POST /networks/create': {
        status: 404,
        body: { message: 'could not find an available, non-overlapping IPv4 address pool' },
      },
    });
    await expect(opening).rejects.toThrow(/non-overlapping IPv4 address pool.*docker network prune/);
    const afterwards = daemon.calls.slice(daemon.calls.indexOf('POST /networks/create'));
    expect(afterwards).toEqual(expect.arrayContaining(['GET /containers/json', 'GET /networks']));
  });

  it('says what is left, and what becomes of it, when the daemon has stopped in between', async () => {
    const lab = await open({ ...network, ...listing(ownerName()) });
    await daemon.stop();
    await expect(lab.close()).rejects.toThrow(
      new RegExp(
        `the Docker daemon does not answer any more.*The next lab removes what is left.*label=${labLabel}=${lab.id}`,
      ),
    );
  });

  it('says so also where its bodies cannot be removed either', async () => {
    const lab = await open({ ...network, ...listing(ownerName()) });
    await daemon.stop();
    const closing = new Closing();
    closing.add(() => lab.close());
    closing.add(() => removeContainer(daemon.docker, 'c1'));
    closing.add(() => removeContainer(daemon.docker, 'c2'));
    await expect(closing.close()).rejects.toThrow(
      /^(Error: )?connect ENOENT .*\nWhat the lab has in Docker could not be removed .*The next lab removes what is left/,
    );
  });

  it('is reached by a name where the gateway of the network is no address of this machine', async () => {
    const lab = await open({ ...network, ...listing(ownerName()) });
    expect(await lab.expose(4566)).toMatchObject({ address: 'host.docker.internal:4566' });
  });
});
