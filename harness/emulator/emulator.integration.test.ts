import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CloudWatchClient, ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';

import { type TestGround, openGround } from '../testing/ground';
import type { Emulator } from './emulator';
import { watchEmulator } from './localstack';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

describe('LocalStack', () => {
  let ground: TestGround;
  const running: Emulator[] = [];

  beforeEach(async () => {
    ground = await openGround();
  }, 300_000);

  afterEach(async () => {
    await Promise.all(running.splice(0).map((emulator) => emulator.stop()));
    await ground.close();
  }, 60_000);

  async function start(name: string): Promise<Emulator> {
    const emulator = await ground.emulator.start({
      folder: join(ground.folder, name),
      publicUrl: 'http://127.0.0.1:4566',
      onProgress: () => undefined,
    });
    running.push(emulator);
    return emulator;
  }

  async function metrics(emulator: Emulator): Promise<string[]> {
    const cloudWatch = new CloudWatchClient({ endpoint: emulator.url, region: 'us-east-2', credentials });
    const { Metrics } = await cloudWatch.send(new ListMetricsCommand({ Namespace: 'Test' }));
    cloudWatch.destroy();
    return (Metrics ?? []).map(({ MetricName }) => MetricName ?? '');
  }

  it('runs beside another one, each with files of its own', async () => {
    const first = await start('first');
    const cloudWatch = new CloudWatchClient({ endpoint: first.url, region: 'us-east-2', credentials });
    await cloudWatch.send(
      new PutMetricDataCommand({ Namespace: 'Test', MetricData: [{ MetricName: 'kept', Value: 1 }] }),
    );
    cloudWatch.destroy();
    const second = await start('second');

    expect(await metrics(first)).toEqual(['kept']);
    expect(await metrics(second)).toEqual([]);
  }, 180_000);

  it('listens on loopback only, writes the URL of the edge into queue URLs, and keeps a log', async () => {
    const emulator = await start('only');
    expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const sqs = new SQSClient({ endpoint: emulator.url, region: 'us-east-2', credentials });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'tasks' }));
    sqs.destroy();
    expect(QueueUrl).toBe('http://127.0.0.1:4566/000000000000/tasks');
    expect(await readFile(emulator.logFile, 'utf8')).toContain('Ready.');
  }, 180_000);

  it('is gone once it was stopped, and who watches it is told, with the end of its log', async () => {
    const emulator = await start('only');
    const told = new Promise<Error>((resolve) => watchEmulator(emulator, resolve));
    await emulator.stop();
    expect((await told).message).toMatch(
      /^LocalStack ended \((?!Error).*\); the end of its log .*\n(.*\n)*Ready\./,
    );
    await expect(fetch(`${emulator.url}/_localstack/health`)).rejects.toThrow('fetch failed');
  }, 180_000);
});
