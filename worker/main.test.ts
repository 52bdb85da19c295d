import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { startAutoScalingServer } from './testing/auto-scaling-server';
import { recordOf, s3Event, snsEnvelope } from './testing/events';
import { startMetadataServer } from '../testing/metadata-server';
import { Body } from '../testing/s3/body';
import type { MemoryBucket } from '../testing/s3/bucket';
import { S3Server } from '../testing/s3/server';
import type { MemoryQueue } from './testing/sqs-queue';
import { SqsServer } from './testing/sqs-server';
import { until } from './testing/until';
import { bundleWorker, WorkerProcess, type WorkerBundle } from './testing/worker-process';

jest.setTimeout(60_000);

let bundle: WorkerBundle;
let sqs: SqsServer;
let s3: S3Server;
let queue: MemoryQueue;
let bucket: MemoryBucket;

beforeAll(async () => {
  bundle = await bundleWorker();
});
afterAll(async () => {
  await bundle[Symbol.asyncDispose]();
});
beforeEach(async () => {
  sqs = await SqsServer.start();
  s3 = await S3Server.start();
  queue = sqs.createQueue('devops-sqs-queue', { visibilityTimeoutSeconds: 2 });
  bucket = s3.createBucket('bucket', { versioned: true });
});
afterEach(async () => {
  await sqs[Symbol.asyncDispose]();
  await s3[Symbol.asyncDispose]();
});

const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  AWS_REGION: 'us-east-2',
  AWS_ENDPOINT_URL_SQS: sqs.endpoint,
  AWS_ENDPOINT_URL_S3: s3.endpoint,
  QUEUE_URL: queue.url,
  UPLOAD_BUCKET: 'bucket',
  UPLOADS_PREFIX: 'uploads/',
  PROCESSED_PREFIX: 'processed/',
  VISIBILITY_TIMEOUT_SECONDS: '2',
  ...more,
});

/** On an instance of a group that has a termination hook. */
const inGroup = (
  metadata: { readonly endpoint: string },
  autoScaling: { readonly endpoint: string },
  more: Readonly<Record<string, string>> = {},
): Record<string, string> =>
  environment({
    AUTO_SCALING_GROUP_NAME: 'workers',
    LIFECYCLE_HOOK_NAME: 'drain',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.endpoint,
    AWS_ENDPOINT_URL_AUTO_SCALING: autoScaling.endpoint,
    ...more,
  });

function upload(key: string): void {
  const version = bucket.put({ key, body: Body.of('hello') });
  queue.send({ body: snsEnvelope(s3Event(recordOf(bucket, version))) });
}

describe('the worker as a process', () => {
  it('ends at its start, with the reason, where ffmpeg is there but does not run, and takes no task', async () => {
    const folder = path.dirname(bundle.file);
    for (const tool of ['ffmpeg', 'ffprobe'])
      await writeFile(path.join(folder, tool), 'no program of this processor', { mode: 0o755 });
    const PATH = `${folder}:${process.env.PATH ?? ''}`;
    upload('uploads/film.mp4');
    await using worker = WorkerProcess.start(bundle, environment({ PATH }));
    expect(await worker.exited).toMatchObject({ code: 1 });
    expect(sqs.calls).toEqual({});
    expect(worker.stderr).toContain('is there but does not run, so no movie or image can be worked on');
  });

  it('processes an upload, tells the two lines of the story, and ends cleanly on SIGTERM', async () => {
    await using worker = WorkerProcess.start(bundle, environment());
    upload('uploads/test1.txt');
    await until('the message is deleted', () => queue.deleted === 1);
    worker.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(worker.story).toEqual(['Processing: uploads/test1.txt', 'Moved to: processed/test1.txt']);
    expect(bucket.keys).toEqual(['processed/test1.txt']);
  });

  it('loses nothing when it is killed in the middle of a task: the next worker does it', async () => {
    let copies = 0;
    s3.intercept = ({ operation }) => {
      if (operation !== 'CopyObject') return undefined;
      copies += 1;
      return copies === 1 ? new Promise(() => undefined) : undefined;
    };
    upload('uploads/fail.txt');
    {
      await using first = WorkerProcess.start(bundle, environment());
      await until('it copies', () => copies === 1);
      first.kill('SIGKILL');
      await first.exited;
    }
    await using second = WorkerProcess.start(bundle, environment());
    await until('the message is deleted', () => queue.deleted === 1);
    expect(second.story).toEqual(['Processing: uploads/fail.txt', 'Moved to: processed/fail.txt']);
    expect(bucket.versions('processed/fail.txt')).toHaveLength(1);
    expect(bucket.keys).toEqual(['processed/fail.txt']);
  });

  it.each(['HeadObject', 'CopyObject', 'DeleteObject', 'DeleteMessageBatch'])(
    'loses nothing and does nothing twice when it is killed at %s, which still has its effect',
    async (operation) => {
      upload('uploads/x');
      let first: WorkerProcess | undefined;
      const kill = (call: { readonly operation?: string; readonly action?: string }): undefined => {
        if ((call.operation ?? call.action) === operation) first?.kill('SIGKILL');
        return undefined;
      };
      s3.intercept = kill;
      sqs.intercept = kill;
      {
        await using killed = WorkerProcess.start(bundle, environment());
        first = killed;
        await killed.exited;
        first = undefined;
      }
      await using second = WorkerProcess.start(bundle, environment());
      await until('the message is deleted', () => queue.deleted === 1);
      expect(bucket.keys).toEqual(['processed/x']);
      expect(bucket.versions('processed/x')).toHaveLength(1);
      expect(second.stderr).not.toContain('"level":50');
    },
  );

  it('works by two on 200 uploads: none is lost, none is left, both have worked', async () => {
    await using one = WorkerProcess.start(bundle, environment());
    await using two = WorkerProcess.start(bundle, environment());
    await until('both poll', () => sqs.calls.ReceiveMessage === 2);
    for (let i = 0; i < 200; i += 1) upload(`uploads/${i}.txt`);
    await until('all messages are deleted', () => queue.deleted === 200, 50);
    expect(bucket.keys.filter((key) => key.startsWith('processed/'))).toHaveLength(200);
    expect(bucket.keys.filter((key) => key.startsWith('uploads/'))).toHaveLength(0);
    await until('both have told of it', () => one.story.length > 0 && two.story.length > 0);
  });

  it('drains when its group terminates the instance, tells the group, then stays idle until it is stopped', async () => {
    await using metadata = await startMetadataServer({
      'instance-id': 'i-1',
      'autoscaling/target-lifecycle-state': 'Terminated',
    });
    await using autoScaling = await startAutoScalingServer();
    await using worker = WorkerProcess.start(bundle, inGroup(metadata, autoScaling));
    await until('the group was told', () => autoScaling.calls.length === 1);
    expect(autoScaling.calls).toMatchObject([
      {
        Action: 'CompleteLifecycleAction',
        AutoScalingGroupName: 'workers',
        LifecycleHookName: 'drain',
        LifecycleActionResult: 'CONTINUE',
        InstanceId: 'i-1',
      },
    ]);
    upload('uploads/late.txt');
    worker.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(queue.visible).toHaveLength(1);
  });

  it('takes no tasks in the warm pool of its group, and begins when its instance is to be in service', async () => {
    await using metadata = await startMetadataServer({
      'instance-id': 'i-1',
      'autoscaling/target-lifecycle-state': 'Warmed:Running',
    });
    await using autoScaling = await startAutoScalingServer();
    await using worker = WorkerProcess.start(
      bundle,
      inGroup(metadata, autoScaling, { LAUNCH_HOOK_NAME: 'launch' }),
    );
    const completed = () => autoScaling.calls.map(({ LifecycleHookName }) => LifecycleHookName);
    await until('the group knows that it has booted', () => completed().length === 1);
    upload('uploads/first.txt');
    const reads = metadata.reads();
    await until('it looked again', () => metadata.reads() > reads + 2);
    expect(sqs.calls.ReceiveMessage).toBeUndefined();
    expect(worker.stderr).toContain('this instance is in the warm pool of its group: no tasks are taken');
    metadata.values.set('autoscaling/target-lifecycle-state', 'InService');
    await until('the message is deleted', () => queue.deleted === 1);

    metadata.values.set('autoscaling/target-lifecycle-state', 'Warmed:Running');
    await until('it may go back to the pool', () => completed().includes('drain'));
    upload('uploads/second.txt');
    metadata.values.set('autoscaling/target-lifecycle-state', 'InService');
    await until('the message is deleted', () => queue.deleted === 2);
    worker.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(bucket.keys).toEqual(['processed/first.txt', 'processed/second.txt']);
  });

  it('works where the instance metadata says nothing', async () => {
    await using metadata = await startMetadataServer({});
    upload('uploads/x');
    await using worker = WorkerProcess.start(
      bundle,
      environment({
        AUTO_SCALING_GROUP_NAME: 'workers',
        AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.endpoint,
      }),
    );
    await until('the message is deleted', () => queue.deleted === 1);
    expect(worker.stderr).not.toContain('warm pool');
  });

  it('sends metrics and traces, writes the embedded metric format, when told to', async () => {
    const paths: string[] = [];
    const collector = createServer((request, response) => {
      paths.push(request.url ?? '');
      request.resume().on('end', () => response.end('{}'));
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const { port } = collector.address() as AddressInfo;
    await using worker = WorkerProcess.start(
      bundle,
      environment({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, METRICS_NAMESPACE: 'Pipeline' }),
    );
    upload('uploads/x');
    await until('the message is deleted', () => queue.deleted === 1);
    worker.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    collector.close();
    expect(paths).toEqual(expect.arrayContaining(['/v1/metrics', '/v1/traces']));
    expect(worker.stderr).toContain('"CloudWatchMetrics":[{"Namespace":"Pipeline"');
  });

  it('refuses a wrong environment with every reason, and the exit code for configurations', async () => {
    await using worker = WorkerProcess.start(
      bundle,
      environment({ QUEUE_URL: 'q', UPLOADS_PREFIX: 'uploads' }),
    );
    expect(await worker.exited).toEqual({ code: 78, signal: null });
    expect(worker.stderr).toContain('QUEUE_URL: got "q"');
    expect(worker.stderr).toContain('UPLOADS_PREFIX: got "uploads"');
  });
});
