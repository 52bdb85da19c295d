import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { hasDied } from '../support/owner';
import { type RunResult, run } from '../support/run';
import { labOutputs } from './outputs';
import { eventually } from './wait';

const tsx = require.resolve('tsx/cli');
const cli = resolve(__dirname, 'cli.ts');

const needed = Object.entries(labOutputs.shape).flatMap(([name, type]) =>
  type.safeParse(undefined).success ? [] : [name],
);

/** Nothing but outputs, and the lab's endpoint: what a lab needs to stand. */
const stack = {
  terraform: { backend: { local: {} } },
  provider: { aws: [{ region: 'us-east-2', endpoints: [{ s3: 'ENDPOINT' }] }] },
  output: Object.fromEntries(needed.map((name) => [name, { value: name }])),
};

/** Synthesizes that, and tells who keeps the lab. */
const app = `
  const { mkdirSync, readlinkSync, writeFileSync } = require('node:fs');
  const out = process.env.CDKTF_OUTDIR;
  mkdirSync(out + '/stacks/small', { recursive: true });
  const stack = ${JSON.stringify(JSON.stringify(stack))}.replace('ENDPOINT', process.env.UPLOAD_PIPELINE_ENDPOINT);
  writeFileSync(out + '/stacks/small/cdk.tf.json', stack);
  const small = { name: 'small', workingDirectory: 'stacks/small' };
  writeFileSync(out + '/manifest.json', JSON.stringify({ stacks: { small } }));
  writeFileSync('keeper', readlinkSync('.lab/standing/owner'));
`;

/** Puts a folder where the lab's record would be written, besides. */
const inTheWay = `${app} mkdirSync('.lab/standing/lab.json');`;

describe('the keeper of a lab', () => {
  let project: string;

  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'keeper-'));
    await writeFile(join(project, 'cdktf.json'), JSON.stringify({ app: `"${process.execPath}" app.js` }));
  });

  afterEach(async () => {
    await rm(project, { recursive: true, force: true });
  });

  const lab = (...args: string[]): Promise<RunResult> =>
    run(process.execPath, [tsx, cli, ...args], { cwd: project, env: process.env, stop: { graceMs: 1_000 } });

  /** Waits until the keeper has ended by itself; a test leaves none behind. */
  const keeperEnds = async (test: () => Promise<void> | void): Promise<void> => {
    const keeper = await readFile(join(project, 'keeper'), 'utf8');
    try {
      await test();
      await eventually('the end of the keeper', () => hasDied(keeper), { seconds: 30 });
    } finally {
      if (!hasDied(keeper)) {
        process.kill(Number(keeper.split(' ')[1]), 'SIGKILL');
      }
    }
  };

  it('ends, and its lab with it, when it cannot write what it keeps', async () => {
    await writeFile(join(project, 'app.js'), inTheWay);
    const { exitCode, stderr } = await lab('up', '--port', '0');
    await keeperEnds(() => {
      expect(stderr).toContain('EISDIR');
      expect(exitCode).toBe(1);
    });
    expect(await readdir(join(project, '.lab'))).toEqual([]);
  });

  it('ends, and its lab with it, when LocalStack does, and the commands that follow say so', async () => {
    await writeFile(join(project, 'app.js'), app);
    const { stdout } = await lab('up', '--port', '0', '--json');
    await keeperEnds(async () => {
      const { endpoint } = JSON.parse(stdout) as { endpoint: string };
      // LocalStack's own way to end it, on every backend.
      await fetch(`${endpoint}/_localstack/health`, { method: 'POST', body: '{"action":"kill"}' });
    });
    const { exitCode, stderr } = await lab('status');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/The lab at http.* has ended: LocalStack ended \(.*\); the end of its log .*:\n/);
    expect(stderr).toContain('Start a new one with: npm run lab -- up');
    const log = join(project, '.lab', 'standing', 'localstack', 'localstack.log');
    expect(stderr).toContain(log);
    expect(await readFile(log, 'utf8')).toContain('Ready.');

    expect((await lab('down')).stdout).toContain('LocalStack ended');
    expect(await readdir(join(project, '.lab'))).toEqual([]);
  });
});
