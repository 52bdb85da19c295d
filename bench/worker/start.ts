import { bundleWorker, WorkerProcess } from '../../worker/testing/worker-process';
import { SqsServer } from '../../worker/testing/sqs-server';
import { until } from '../../worker/testing/until';

const RUNS = 9;

/** Measures how long the worker takes from the start of its process to its first poll, and prints the median. */
async function main(): Promise<void> {
  await using bundle = await bundleWorker();
  const times: number[] = [];
  for (let i = 0; i < RUNS; i += 1) {
    await using sqs = await SqsServer.start();
    let polledAt: number | undefined;
    sqs.intercept = () => {
      polledAt ??= performance.now();
      return undefined;
    };
    const startedAt = performance.now();
    await using worker = WorkerProcess.start(bundle, {
      AWS_REGION: 'us-east-2',
      AWS_ENDPOINT_URL: sqs.endpoint,
      QUEUE_URL: sqs.createQueue('bench').url,
      UPLOAD_BUCKET: 'bucket',
      UPLOADS_PREFIX: 'uploads/',
      PROCESSED_PREFIX: 'processed/',
      VISIBILITY_TIMEOUT_SECONDS: '30',
    });
    await until(`it polls; it said: ${worker.stderr}`, () => polledAt !== undefined);
    times.push((polledAt ?? NaN) - startedAt);
  }
  times.sort((a, b) => a - b);
  process.stdout.write(`### from the start of the process to the first poll\n\n`);
  process.stdout.write(
    `${(times[Math.floor(RUNS / 2)] ?? NaN).toFixed(0)} ms (median of ${RUNS}; ${times.map((t) => t.toFixed(0)).join(', ')})\n`,
  );
}

void main();
