import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { type RunResult, run } from '../support/run';

const tsx = require.resolve('tsx/cli');
const cli = resolve(__dirname, 'cli.ts');

describe('the command line of the lab, where no lab stands', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lab-cli-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const lab = (...args: string[]): Promise<RunResult> =>
    run(process.execPath, [tsx, cli, ...args], { cwd: folder, env: process.env, stop: { graceMs: 1_000 } });

  it.each(['status', 'logs', 'kill-worker', 'start-worker', 'terminate', 'down'])(
    'tells a machine behind «%s --json» that there is none, and exits with 1',
    async (command) => {
      const { exitCode, stdout } = await lab(command, '--json');
      expect(exitCode).toBe(1);
      expect((JSON.parse(stdout) as { error: string }).error).toContain('npm run lab -- up');
    },
  );

  it('hands a port behind «up» to «up», and refuses one that is none', async () => {
    const { exitCode, stderr } = await lab('up', '--port', '99999');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('A port is a whole number from 0 (any free one) to 65535.');
    expect(stderr).toContain('Usage: npm run lab -- up');
  });

  it.each(['200', 'Infinity', 'soon'])('refuses the time factor %s', async (factor) => {
    const { exitCode, stderr } = await lab('--time-factor', factor);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('A time factor is a number from 1 (real time) to 60 (a minute lasts a second)');
  });

  it.each([[], ['up']])(
    'says which backends there are when «%s --backend» names none of them',
    async (...command) => {
      const { exitCode, stderr } = await lab(...command, '--backend', 'podman');
      expect(exitCode).toBe(1);
      expect(stderr).toContain('Allowed choices are process, containers.');
    },
  );

  it.each([[], ['up']])(
    'says that this is no project at «%s», and leaves nothing in it',
    async (...command) => {
      const { exitCode, stderr } = await lab(...command);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('cannot be read as a CDKTF project');
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('refuses a command that it does not have', async () => {
    const { exitCode, stderr } = await lab('bogus');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('too many arguments');
  });
});
