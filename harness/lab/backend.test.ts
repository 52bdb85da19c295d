import { backends, chooseBackend } from './backend';

/** Names no daemon that answers, whatever this machine has. */
const noDocker = 'unix:///nowhere/docker.sock';

describe('choosing what a lab runs on', () => {
  const before = process.env.DOCKER_HOST;

  beforeEach(() => {
    process.env.DOCKER_HOST = noDocker;
  });

  afterEach(() => {
    if (before === undefined) {
      delete process.env.DOCKER_HOST;
    } else {
      process.env.DOCKER_HOST = before;
    }
  });

  it('takes the backend that is asked for', async () => {
    expect(await chooseBackend('containers', {})).toMatchObject({ name: 'containers', why: 'as asked for' });
    expect(await chooseBackend('process', { UPLOAD_PIPELINE_LAB_BACKEND: 'containers' })).toMatchObject({
      name: 'process',
      why: 'as asked for',
    });
  });

  it('takes the one that the variable names', async () => {
    expect(await chooseBackend(undefined, { UPLOAD_PIPELINE_LAB_BACKEND: 'containers' })).toMatchObject({
      name: 'containers',
      why: 'UPLOAD_PIPELINE_LAB_BACKEND says so',
    });
  });

  it('refuses a variable that names none, with those that there are', async () => {
    await expect(chooseBackend(undefined, { UPLOAD_PIPELINE_LAB_BACKEND: 'podman' })).rejects.toThrow(
      'UPLOAD_PIPELINE_LAB_BACKEND is podman; the backends are process, containers.',
    );
  });

  it('takes processes where nobody asks and no daemon answers, and says so', async () => {
    expect(await chooseBackend(undefined, {})).toMatchObject({
      name: 'process',
      why: expect.stringContaining('no Docker daemon answers') as string,
    });
  });

  it('says of containers where it looked for a daemon, and what to do', async () => {
    expect(await backends.containers.lack()).toBe(
      `no Docker daemon answers at DOCKER_HOST=${noDocker}. Start it, or unset the variable.`,
    );
  });
});
