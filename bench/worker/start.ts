import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqsServer } from '../../worker/testing/sqs-server';
import { until } from '../../worker/testing/until';
import { median } from '../median';
import { peakMegabytes } from '../peak';
import { say, table } from '../table';

/**
 * Measures the archives as an instance gets them, unpacked: from the start of the worker's process to its first poll, and
 * the memory that it has taken by then.
 */
export async function benchStart(runs: number): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'upload-bench-'));
  try {
    say('start: building');
    execFileSync('npm', ['run', '--silent', 'build']);
    for (const name of ['node', 'worker']) execFileSync('tar', ['-xzf', `dist/${name}.tar.gz`, '-C', folder]);
    // Before the measured ones, the first: its files are read from the disk.
    await startOnce(folder);
    const starts: { readonly ms: number; readonly megabytes: number }[] = [];
    for (let i = 1; i <= 2 * runs; i += 1) {
      say(`start: run ${i} of ${2 * runs}`);
      starts.push(await startOnce(folder));
    }
    const times = starts.map(({ ms }) => ms).sort((a, b) => a - b);
    return table(
      ['from process to first poll, ms', 'of them', 'peak RSS MB'],
      [
        [
          median(times).toFixed(0),
          times.map((ms) => ms.toFixed(0)).join(', '),
          median(starts.map(({ megabytes }) => megabytes)).toFixed(0),
        ],
      ],
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function startOnce(folder: string): Promise<{ readonly ms: number; readonly megabytes: number }> {
  await using sqs = await SqsServer.start();
  let polledAt: number | undefined;
  sqs.intercept = () => {
    polledAt ??= performance.now();
    return undefined;
  };
  const environment = {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_REGION: 'us-east-2',
    AWS_ENDPOINT_URL: sqs.endpoint,
    QUEUE_URL: sqs.createQueue('bench').url,
    UPLOAD_BUCKET: 'bucket',
    UPLOADS_PREFIX: 'uploads/',
    PROCESSED_PREFIX: 'processed/',
    VISIBILITY_TIMEOUT_SECONDS: '30',
    SCRATCH_FOLDER: path.join(folder, 'scratch'),
  };
  const startedAt = performance.now();
  const worker = spawn(path.join(folder, 'bin/upload-worker'), [], { env: environment, stdio: 'ignore' });
  const ended = once(worker, 'exit');
  try {
    await until('it polls', () => polledAt !== undefined);
    return { ms: (polledAt ?? NaN) - startedAt, megabytes: peakMegabytes(worker.pid) };
  } finally {
    worker.kill('SIGKILL');
    await ended;
  }
}
