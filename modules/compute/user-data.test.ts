import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type UserDataProps, userData } from './user-data';

const service = {
  unit: 'upload-worker.service',
  description: 'Upload Pipeline worker',
  program: 'bin/upload-worker',
  environment: { QUEUE_URL: 'https://sqs.us-east-2.amazonaws.com/111122223333/tasks' },
};

const worker = { s3Uri: 's3://artifacts/worker.tar.gz' };

const script = (more: Partial<UserDataProps> = {}): string =>
  userData({ region: 'us-east-2', artifacts: [worker], service, ...more });

describe('user data', () => {
  it('is a script that bash can read', () => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script(), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('has nothing of its own that Terraform would read as an expression', () => {
    expect(script()).not.toMatch(/[$%]\{/);
  });

  it('needs no package mirror', () => {
    expect(script()).not.toMatch(/\b(dnf|yum|apt|apt-get|npm|curl|wget)\b/);
  });

  it('installs a service that starts on boot, restarts when it dies, and not for settings that no restart can help', () => {
    const text = script();
    expect(text).toContain('systemctl enable --now upload-worker.service');
    expect(text).toContain('Restart=always');
    expect(text).toContain('RestartPreventExitStatus=78');
  });

  it('tells the program its environment', () => {
    expect(script()).toContain(
      'Environment="QUEUE_URL=https://sqs.us-east-2.amazonaws.com/111122223333/tasks"\n',
    );
  });

  it('gives the program 90 seconds to stop', () => {
    expect(script()).toContain('\nTimeoutStopSec=90\n');
  });

  it('gives it longer where it needs that', () => {
    expect(script({ service: { ...service, stopSeconds: 630 } })).toContain('\nTimeoutStopSec=630\n');
  });

  it('gives the program disk of its own for its files', () => {
    const text = script();
    expect(text).toContain('CacheDirectory=upload-worker');
    expect(text).toContain('Environment="SCRATCH_FOLDER=/var/cache/upload-worker"');
  });

  it('adds no settings to the unit but its own', () => {
    expect(script()).not.toContain('LimitNOFILE');
  });

  it('adds the settings that a service wants', () => {
    const text = script({ service: { ...service, settings: ['LimitNOFILE=65536'] } });
    expect(text).toContain('\nLimitNOFILE=65536\nRestart=always\n');
  });
});

describe('user data that runs', () => {
  let machine: string;

  beforeEach(() => {
    machine = mkdtempSync(join(tmpdir(), 'machine-'));
    for (const folder of ['bin', 'etc/systemd/system']) {
      mkdirSync(join(machine, folder), { recursive: true });
    }
    command('sleep', '');
    command('systemctl', '');
  });

  afterEach(() => {
    rmSync(machine, { recursive: true });
  });

  /** A command of the machine, which tells its calls. */
  const command = (name: string, body: string): void => {
    const text = `#!/bin/bash\necho "${name} $*" >> ${machine}/calls\n${body}\n`;
    writeFileSync(join(machine, 'bin', name), text, { mode: 0o755 });
  };

  /** A command that fails a number of times before it does what it should. */
  const flaky = (name: string, failures: number, body = ''): void => {
    command(name, `[ "$(grep -c '^${name} ' ${machine}/calls)" -gt ${failures} ] || exit 1\n${body}`);
  };

  const run = (text: string) => {
    const here = text.replaceAll('/opt/', `${machine}/opt/`).replaceAll('/etc/', `${machine}/etc/`);
    const env = { PATH: `${join(machine, 'bin')}:${process.env.PATH ?? ''}` };
    const { status, stderr } = spawnSync('bash', [], { input: here, env, encoding: 'utf8' });
    const calls = readFileSync(join(machine, 'calls'), 'utf8').trim().split('\n');
    return { status, stderr, calls };
  };

  const anArchive = `cd ${__dirname} && tar -cz user-data.ts`;

  it('outlives S3 and a package mirror that are away for a moment', () => {
    flaky('aws', 2, anArchive);
    flaky('dnf', 3);
    const { status, stderr, calls } = run(script({ packages: ['ffmpeg-free', 'jq'] }));
    expect(status).toBe(0);
    expect(calls.filter((call) => call === 'dnf install -y ffmpeg-free jq')).toHaveLength(4);
    expect(calls.filter((call) => call.startsWith('aws '))).toHaveLength(3);
    expect(calls.at(-1)).toBe('systemctl enable --now upload-worker.service');
    expect(stderr).toContain('Attempt 3 of: dnf install -y ffmpeg-free jq failed.');
    expect(readFileSync(join(machine, 'opt/upload-pipeline/user-data.ts'), 'utf8')).toContain('patiently');
  });

  it('unpacks its archives, which are under way at the same time, before it starts anything', () => {
    // Each waits until the other has been asked for.
    const other = `case $* in *node*) other=worker;; *) other=node;; esac
      until grep -q "^aws .*$other" ${machine}/calls; do :; done`;
    command('aws', `${other}\n${anArchive}`);
    const { status, calls } = run(script({ artifacts: [worker, { s3Uri: 's3://artifacts/node.tar.gz' }] }));
    expect(status).toBe(0);
    expect(calls).toHaveLength(3);
    expect(calls.at(-1)).toBe('systemctl enable --now upload-worker.service');
  });

  it('does not fetch what the AMI has already, and nothing else', () => {
    command('aws', anArchive);
    const node = { s3Uri: 's3://artifacts/node.tar.gz', unless: '[ "$(node --version)" = v22.23.3 ]' };
    const asked = (): string[] => run(script({ artifacts: [node, worker] })).calls;
    command('node', 'echo v22.23.2');
    expect(asked().filter((call) => call.startsWith('aws '))).toHaveLength(2);
    rmSync(join(machine, 'calls'));
    command('node', 'echo v22.23.3');
    expect(asked().filter((call) => call.startsWith('aws '))).toEqual([
      expect.stringContaining('worker.tar.gz') as string,
    ]);
  });

  it('gives up after eight attempts, says why, and starts nothing', () => {
    flaky('aws', 100);
    const { status, stderr, calls } = run(script());
    expect(status).toBe(1);
    expect(stderr).toContain('Given up: unpack s3://artifacts/worker.tar.gz');
    expect(calls.filter((call) => call.startsWith('aws '))).toHaveLength(8);
    expect(calls.filter((call) => call.startsWith('systemctl '))).toEqual([]);
  });
});
