import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';

import { type Call, TeamLab, describeVerdict } from '..';

/** Short, so that a task whose worker was killed comes back soon. */
const visibilityTimeoutSeconds = 5;

const names = (batch: string): string[] => Array.from({ length: 30 }, (_, index) => `${batch}/${index}.txt`);

/** The copy of an upload of a batch: the worker is in the middle of its task then. */
const copyOf =
  (batch: string) =>
  ({ service, method, headers }: Call): boolean =>
    service === 's3' &&
    method === 'PUT' &&
    decodeURIComponent(String(headers['x-amz-copy-source'])).includes(batch);

const action =
  (wanted: string) =>
  ({ service, action: called }: Call): boolean =>
    service === 'sqs' && called === wanted;

describe('a pipeline under faults', () => {
  let lab: TeamLab;

  beforeAll(async () => {
    lab = await TeamLab.start({ config: { visibilityTimeoutSeconds } });
    await lab.ready();
  }, 300_000);

  afterAll(async () => {
    await lab.close();
  });

  it.each<[string, (batch: string) => Promise<void>]>([
    [
      'every worker is killed in the middle of its tasks and started again',
      async (batch) => {
        const copying = lab.faults.hold(copyOf(batch));
        await upload(batch);
        await copying.caught;
        const workers = await lab.workers();
        await Promise.all(workers.map((worker) => lab.killWorker(worker)));
        copying.release();
        await Promise.all(workers.map((worker) => lab.startWorker(worker)));
      },
    ],
    [
      'the host of an instance fails in the middle of its tasks',
      async (batch) => {
        const copying = lab.faults.hold(copyOf(batch));
        await upload(batch);
        await copying.caught;
        const [victim] = await lab.workers();
        await lab.fleet.kill(victim!.instanceId);
        copying.release();
      },
    ],
    [
      'an instance is terminated while uploads arrive',
      async (batch) => {
        const [victim] = await lab.workers();
        await Promise.all([upload(batch), lab.terminate(victim!)]);
      },
    ],
    [
      'S3 answers 503 to copies',
      async (batch) => {
        lab.faults.fail(copyOf(batch), { status: 503, code: 'SlowDown', times: 15 });
        await upload(batch);
      },
    ],
    [
      'SQS throttles deletions',
      async (batch) => {
        lab.faults.fail(action('DeleteMessageBatch'), { status: 400, code: 'ThrottlingException', times: 5 });
        await upload(batch);
      },
    ],
    [
      'SQS answers 500 to receivers',
      async (batch) => {
        lab.faults.fail(action('ReceiveMessage'), { status: 500, code: 'InternalFailure', times: 10 });
        await upload(batch);
      },
    ],
  ])(
    'loses nothing and does nothing twice when %s',
    async (batch, disturb) => {
      await disturb(batch);
      await lab.drained();
      await lab.ready();
      const verdict = await lab.verdict();
      expect(describeVerdict(verdict)).toMatch(/^all \d+ acknowledged uploads are processed once/);
      expect(verdict.holds).toBe(true);
    },
    300_000,
  );

  it('judges by what it sees: a result that somebody deletes is told as lost', async () => {
    await lab.upload('stolen.txt');
    await lab.processed('stolen.txt');
    const { endpoint, outputs } = lab;
    const s3 = new S3Client({
      endpoint,
      region: outputs.region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      forcePathStyle: true,
    });
    const Key = `${outputs.processedPrefix}stolen.txt`;
    await s3.send(new DeleteObjectCommand({ Bucket: outputs.uploadBucket, Key }));
    s3.destroy();
    expect((await lab.verdict()).lost).toEqual(['stolen.txt']);
  });

  async function upload(batch: string): Promise<void> {
    await Promise.all(names(batch).map((name) => lab.upload(name)));
  }
});
