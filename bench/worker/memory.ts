import { mkdtemp, rm } from 'node:fs/promises';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { downloadFile, uploadFile } from '../../worker/objects/files';
import { Body } from '../../testing/s3/body';
import { S3Server } from '../../testing/s3/server';

const MiB = 1024 ** 2;
const never = new AbortController().signal;

/** What the measured process does, with the endpoint of an S3 in memory that another process serves. */
const WORK: Readonly<Record<string, (s3: S3Client, file: string) => Promise<void>>> = {
  nothing: () => Promise.resolve(),
  'download 2 GiB': (s3, file) => downloadFile(s3, { bucket: 'bucket', key: 'two-gib' }, file, never),
  'upload 200 MiB': async (s3, file) => {
    await downloadFile(s3, { bucket: 'bucket', key: 'two-hundred-mib' }, file, never);
    await uploadFile(s3, { bucket: 'bucket', key: 'copy' }, file, 'application/octet-stream', never);
  },
};

async function child(work: string, endpoint: string, file: string): Promise<void> {
  const s3 = new S3Client({
    region: 'us-east-2',
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  await WORK[work]?.(s3, file);
  process.send?.(process.resourceUsage().maxRSS / 1024);
}

/** Measures the memory that streaming large bodies takes. A move takes none: S3 copies by itself. */
async function parent(): Promise<void> {
  await using server = await S3Server.start();
  const bucket = server.createBucket('bucket', { versioned: true });
  bucket.put({ key: 'two-gib', body: Body.zeros(2048 * MiB) });
  bucket.put({ key: 'two-hundred-mib', body: Body.zeros(200 * MiB) });
  const folder = await mkdtemp(path.join(tmpdir(), 'upload-bench-'));
  try {
    process.stdout.write('### memory\n\n| work | peak RSS MB |\n|---|---|\n');
    for (const work of Object.keys(WORK)) {
      const measured = fork(__filename, [work, server.endpoint, path.join(folder, 'body')], {
        execArgv: process.execArgv,
      });
      const [rss] = (await once(measured, 'message')) as [number];
      await once(measured, 'exit');
      process.stdout.write(`| ${work} | ${rss.toFixed(0)} |\n`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

const [, , work, endpoint, file] = process.argv;
if (work === undefined || endpoint === undefined || file === undefined) void parent();
else
  void child(work, endpoint, file).then(() => {
    process.disconnect();
  });
