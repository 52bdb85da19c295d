import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NODE_ENVIRONMENT, NODE_FLAGS } from '../../worker/bundle/node-flags';
import { SqsServer } from '../../worker/testing/sqs-server';
import { Body } from '../../testing/s3/body';
import { S3Server } from '../../testing/s3/server';
import { median } from '../median';
import { bundled } from './bundled';
import { memoryWork, type MemoryOrder, type MemoryReport } from './memory-child';
import { say, table } from '../table';

const MiB = 1024 ** 2;
const MESSAGES = 100_000;

/**
 * Measures the memory of a process that runs as the shipped worker does (one bundled file, its flags), against servers in
 * another process. A move takes none of it, whatever the size: S3 copies by itself.
 */
export async function benchMemory(runs: number): Promise<string> {
  await using child = await bundled('memory-child.ts');
  await using s3 = await S3Server.start();
  const bucket = s3.createBucket('bucket', { versioned: false });
  bucket.put({ key: 'small', body: Body.zeros(200e6) });
  bucket.put({ key: 'medium', body: Body.zeros(1024 * MiB) });
  bucket.put({ key: 'large', body: Body.zeros(2048 * MiB) });
  const folder = await mkdtemp(path.join(tmpdir(), 'upload-bench-'));
  const measure = async (work: string): Promise<MemoryReport> => {
    await using sqs = await SqsServer.start();
    const queue = sqs.createQueue('bench');
    for (let i = 0; i < MESSAGES; i += 1) queue.send({ body: 'x'.repeat(500) });
    const order: MemoryOrder = {
      work,
      s3Endpoint: s3.endpoint,
      sqsEndpoint: sqs.endpoint,
      queueUrl: queue.url,
      file: path.join(folder, 'body'),
      messages: MESSAGES,
    };
    const measured = fork(child.file, [JSON.stringify(order)], {
      execArgv: [...NODE_FLAGS],
      env: { ...process.env, ...NODE_ENVIRONMENT },
    });
    const [report] = (await once(measured, 'message')) as [MemoryReport];
    await once(measured, 'exit');
    return report;
  };
  try {
    const rows: string[][] = [];
    for (const work of memoryWork) {
      const reports: MemoryReport[] = [];
      for (let i = 1; i <= runs; i += 1) {
        say(`memory: run ${i} of ${runs}, ${work}`);
        reports.push(await measure(work));
      }
      const peaks = reports.map(({ peak }) => peak);
      const way =
        reports
          .at(-1)
          ?.samples.map((megabytes) => megabytes.toFixed(0))
          .join(', ') ?? '';
      rows.push([work, median(peaks).toFixed(0), Math.max(...peaks).toFixed(0), way]);
    }
    return table(['work', 'peak RSS MB', 'highest peak', 'RSS MB on the way (last run)'], rows);
  } finally {
    await rm(folder, { recursive: true });
  }
}
