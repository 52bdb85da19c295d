import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CloudWatchClient, ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';

import type { Emulator } from './emulator';
import { processBackend } from './process';

describe('LocalStack as a process', () => {
  let folder: string;
  const running: Emulator[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'emulators-'));
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((emulator) => emulator.stop()));
    await rm(folder, { recursive: true });
  });

  async function start(name: string): Promise<Emulator> {
    const emulator = await processBackend.start({
      folder: join(folder, name),
      publicUrl: 'http://127.0.0.1:4566',
      onProgress: () => undefined,
    });
    running.push(emulator);
    return emulator;
  }

  it('runs beside another one, each with files of its own', async () => {
    const first = await start('first');
    const cloudWatch = new CloudWatchClient({
      endpoint: first.url,
      region: 'us-east-2',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await cloudWatch.send(
      new PutMetricDataCommand({ Namespace: 'Test', MetricData: [{ MetricName: 'kept', Value: 1 }] }),
    );
    await start('second');
    const { Metrics } = await cloudWatch.send(new ListMetricsCommand({ Namespace: 'Test' }));
    cloudWatch.destroy();

    expect(Metrics?.map(({ MetricName }) => MetricName)).toEqual(['kept']);
    expect(await readdir(join(folder, 'first', 'files'))).not.toEqual([]);
    expect(await readdir(join(folder, 'second', 'files'))).not.toEqual([]);
  }, 180_000);

  it('is gone once it was stopped', async () => {
    const emulator = await start('only');
    await emulator.stop();
    await expect(fetch(`${emulator.url}/_localstack/health`)).rejects.toThrow('fetch failed');
  }, 180_000);
});
