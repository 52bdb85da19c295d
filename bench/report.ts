import type { RecordedCall } from '../harness/edge/edge';
import { Stage } from '../harness/lab/acts/stage';
import { type Lab, startLab } from '../harness/lab/lab';
import { FixedWaits } from '../harness/terraform/fixed-waits';
import { machine } from './machine';
import { median } from './median';
import { table } from './table';

/** Short, so that the wait for it does not hide the rest; told with the result. */
const visibilityTimeoutSeconds = 10;
const uploads = 21;
const launches = 5;

type Row = readonly [what: string, seconds: number, note: string];

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await action();
  return (performance.now() - begun) / 1_000;
}

/** Resolves once a call was answered: to the millisecond, where looking again and again is not. */
function answered(lab: Lab, matches: (call: RecordedCall) => boolean): Promise<void> {
  return new Promise((resolve) => {
    lab.edge.onCall((call) => {
      if (matches(call)) {
        resolve();
      }
    });
  });
}

/** From the start of an upload to its deletion under `uploads/`: the worker's last step before it says `Moved to`. */
async function uploadToMoved(lab: Lab, stage: Stage): Promise<Row> {
  const seconds: number[] = [];
  for (let index = 0; index < uploads; index += 1) {
    const name = `bench-${index}.txt`;
    const moved = answered(
      lab,
      ({ service, method, path }) => service === 's3' && method === 'DELETE' && path.includes(`/${name}`),
    );
    seconds.push(
      await secondsOf(async () => {
        await stage.upload(name);
        await moved;
      }),
    );
    await stage.processed(name);
  }
  return ['from upload to `Moved to`', median(seconds), `median of ${uploads}, one file at a time`];
}

/** From a SIGKILL in the middle of a task to the file processed by another worker. */
async function killToProcessed(lab: Lab, stage: Stage): Promise<Row> {
  const copying = lab.edge.faults.hold(
    ({ service, headers }) => service === 's3' && String(headers['x-amz-copy-source']).includes('killed.txt'),
  );
  await stage.upload('killed.txt');
  await copying.caught;
  const [holder] = await stage.whoseLogSays(`Processing: ${stage.pipeline.uploadKey('killed.txt')}`);
  if (holder === undefined) {
    throw new Error('No worker says that it processes the file.');
  }
  const seconds = await secondsOf(async () => {
    await stage.kill(holder);
    copying.release();
    await stage.processed('killed.txt');
  });
  await stage.start(holder);
  return [
    'from kill to processed',
    seconds,
    `of them up to ${visibilityTimeoutSeconds} s the visibility timeout set for this run`,
  ];
}

/** From RunInstances to the first long poll of the new worker, whose credentials nobody has polled with before. */
async function launchToPoll(lab: Lab, stage: Stage): Promise<Row> {
  const { subnets } = await stage.group.describe();
  const known = new Set<string | undefined>();
  lab.edge.onCall(({ action, accessKeyId }) => {
    if (action === 'ReceiveMessage') {
      known.add(accessKeyId);
    }
  });
  const awake = Array.from({ length: 40 }, (_, index) => `awake-${index}.txt`);
  await stage.uploadAll(awake);
  await stage.allProcessed(awake);
  const seconds: number[] = [];
  for (let index = 0; index < launches; index += 1) {
    const poll = lab.edge.faults.hold(
      ({ action, accessKeyId }) => action === 'ReceiveMessage' && !known.has(accessKeyId),
    );
    let instanceId = '';
    seconds.push(
      await secondsOf(async () => {
        instanceId = await stage.group.launchFromTemplate(subnets[0] ?? '');
        known.add((await poll.caught).accessKeyId);
      }),
    );
    poll.release();
    await stage.group.terminate(instanceId);
    await stage.until(`the end of ${instanceId}`, () =>
      Promise.resolve(lab.fleet.body(instanceId) === undefined),
    );
  }
  return ['from RunInstances to the first poll', median(seconds), `median of ${launches}`];
}

/** Measures the way from source to processed file on one lab, and prints a table. */
async function report(): Promise<void> {
  await using lab = await startLab({
    environment: {
      // The whole architecture: the load balancer is part of the longest chain of waits.
      UPLOAD_PIPELINE_WEB_TIER: 'true',
      UPLOAD_PIPELINE_VISIBILITY_TIMEOUT_SECONDS: String(visibilityTimeoutSeconds),
    },
    onProgress: (message) => {
      console.error(message);
    },
  });
  const stage = new Stage(lab, (line) => {
    console.error(line);
  });
  await stage.groupReady();
  const waits = (await FixedWaits.of(lab.stackFolder)).longest();
  const rows: Row[] = lab.setUp.map(({ name, seconds }): Row => [name, seconds, '']);
  const apply = lab.setUp.find(({ name }) => name === 'terraform apply')?.seconds ?? NaN;
  rows.push([
    'of the apply, fixed waits of the provider',
    waits.seconds,
    `longest chain: ${waits.addresses.map((address) => address.split('.')[0]).join(' → ')}; the apply takes ${(apply / waits.seconds).toFixed(2)} × as long`,
  ]);
  rows.push(
    await uploadToMoved(lab, stage),
    await killToProcessed(lab, stage),
    await launchToPoll(lab, stage),
  );
  stage.close();

  console.log(`backend ${lab.backend}, ${machine()}\n`);
  const cells = rows.map(([what, seconds, note]) => [what, seconds.toFixed(2), note]);
  console.log(table(['what', 'seconds', ''], cells));
}

void report();
