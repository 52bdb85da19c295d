import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { hasDied } from '../support/owner';
import { run } from '../support/run';
import { eventually } from './wait';

const tsx = require.resolve('tsx/cli');
const cli = resolve(__dirname, 'cli.ts');

const names = [
  ...[
    'upload_bucket',
    'uploads_prefix',
    'processed_prefix',
    'topic_arn',
    'queue_name',
    'queue_url',
    'queue_arn',
  ],
  ...['dead_letter_queue_url', 'worker_group_name', 'worker_launch_template_id', 'worker_service'],
];

/** Nothing but outputs: what a lab needs to stand. */
const stack = {
  terraform: { backend: { local: {} } },
  provider: { aws: [{ region: 'us-east-2' }] },
  output: Object.fromEntries(['region', ...names].map((name) => [name, { value: name }])),
};

/** Synthesizes that, tells who keeps the lab, and puts a folder where the lab's record would be written. */
const app = `
  const { mkdirSync, readlinkSync, writeFileSync } = require('node:fs');
  const out = process.env.CDKTF_OUTDIR;
  mkdirSync(out + '/stacks/small', { recursive: true });
  writeFileSync(out + '/stacks/small/cdk.tf.json', ${JSON.stringify(JSON.stringify(stack))});
  const small = { name: 'small', workingDirectory: 'stacks/small' };
  writeFileSync(out + '/manifest.json', JSON.stringify({ stacks: { small } }));
  writeFileSync('keeper', readlinkSync('.lab/standing/owner'));
  mkdirSync('.lab/standing/lab.json');
`;

describe('the keeper of a lab', () => {
  let project: string;

  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'keeper-'));
    await writeFile(join(project, 'app.js'), app);
    await writeFile(join(project, 'cdktf.json'), JSON.stringify({ app: `"${process.execPath}" app.js` }));
  });

  afterEach(async () => {
    await rm(project, { recursive: true, force: true });
  });

  it('ends, and its lab with it, when it cannot write what it keeps', async () => {
    const { exitCode, stderr } = await run(process.execPath, [tsx, cli, 'up', '--port', '0'], {
      cwd: project,
      env: process.env,
      stop: { graceMs: 1_000 },
    });
    const keeper = await readFile(join(project, 'keeper'), 'utf8');
    try {
      expect(stderr).toContain('EISDIR');
      expect(exitCode).toBe(1);
      await eventually('the end of the keeper', () => hasDied(keeper), { seconds: 30 });
      expect(await readdir(join(project, '.lab'))).toEqual([]);
    } finally {
      if (!hasDied(keeper)) {
        process.kill(Number(keeper.split(' ')[1]), 'SIGKILL');
      }
    }
  });
});
