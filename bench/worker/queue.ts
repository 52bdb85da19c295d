import { fork } from 'node:child_process';
import { once } from 'node:events';
import { NODE_ENVIRONMENT, NODE_FLAGS } from '../../worker/bundle/node-flags';
import { SqsServer } from '../../worker/testing/sqs-server';
import { median } from '../median';
import { bundled } from './bundled';
import type { ChildOptions, ChildReport } from './child';
import { say, table } from '../table';

interface Scenario {
  readonly name: string;
  readonly concurrency: number;
  readonly latencyMs: number;
  readonly skewed: boolean;
  readonly consumers: readonly string[];
}

interface Result extends ChildReport {
  /** In the window. */
  readonly deleted: number;
  readonly calls: number;
}

const WINDOW = { from: 1000, to: 4000 };
const SECONDS = (WINDOW.to - WINDOW.from) / 1000;
/** More than any consumer gets through. */
const NO_OP_MESSAGES = 150_000;

const replies = (latencyMs: number): string =>
  `replies ${latencyMs === 0 ? 'at once' : `after ${latencyMs} ms`}`;

const skewed = (concurrency: number, latencyMs: number, peers: readonly string[]): Scenario => ({
  name: `skewed work, ${concurrency} at a time, ${replies(latencyMs)}`,
  concurrency,
  latencyMs,
  skewed: true,
  consumers: ['upload-pipeline', 'upload-pipeline by the SDK', ...peers, 'squiss'],
});

const noOp = (latencyMs: number): Scenario => ({
  name: `no work at all, 50 at a time, ${replies(latencyMs)}`,
  concurrency: 50,
  latencyMs,
  skewed: false,
  consumers: [
    'upload-pipeline',
    'sqs-consumer 10×1',
    'sqs-consumer batch 1×10',
    'sqs-consumer batch 5×10',
    'sqs-consumer batch 10×10',
    'squiss',
    'squiss 5×10',
  ],
});

const SCENARIOS: readonly Scenario[] = [
  ...[0, 10].map((latency) => skewed(10, latency, ['sqs-consumer 1×10', 'sqs-consumer 10×1'])),
  ...[0, 10].map((latency) => skewed(50, latency, ['sqs-consumer 50×1'])),
  ...[0, 10].map(noOp),
];

/** 95 % of the messages take 10 ms, 5 % a second, in an order that is the same in every run. */
function serviceTimes(count: number): number[] {
  let state = 42;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state >> 8) % 100 < 5 ? 1000 : 10;
  });
}

async function run(program: string, scenario: Scenario, consumer: string): Promise<Result> {
  await using server = await SqsServer.start({ latencyMs: scenario.latencyMs });
  const queue = server.createQueue('bench');
  const times = scenario.skewed
    ? serviceTimes(scenario.concurrency * 250)
    : Array<number>(NO_OP_MESSAGES).fill(0);
  for (const ms of times) queue.send({ body: String(ms) });
  const options: ChildOptions = {
    consumer,
    endpoint: server.endpoint,
    queueUrl: queue.url,
    concurrency: scenario.concurrency,
    window: WINDOW,
  };
  const count = (): { deleted: number; calls: number } => ({
    deleted: queue.deleted,
    calls: Object.values(server.calls).reduce((sum, calls) => sum + calls, 0),
  });
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: [...NODE_FLAGS],
    env: { ...process.env, ...NODE_ENVIRONMENT },
  });
  try {
    await once(child, 'message');
    const before = count();
    const [report] = (await once(child, 'message')) as [ChildReport];
    const after = count();
    if (after.deleted === times.length)
      throw new Error(`${times.length} messages are too few for ${consumer}`);
    return { ...report, deleted: after.deleted - before.deleted, calls: after.calls - before.calls };
  } finally {
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }
}

function row(consumer: string, results: readonly Result[], { skewed: isSkewed }: Scenario): string[] {
  const of = (pick: (result: Result) => number): number => median(results.map(pick));
  return [
    consumer,
    of((r) => r.deleted / SECONDS).toFixed(0),
    isSkewed ? `${(100 * of((r) => r.utilization)).toFixed(1)} %` : '',
    of((r) => r.calls / r.deleted).toFixed(2),
    of((r) => (r.cpuSeconds / r.deleted) * 1000).toFixed(3),
    of((r) => r.peakMegabytes).toFixed(0),
  ];
}

/** Measures the queue runtime against its peers, run after run in turn: a table of the medians for each scenario. */
export async function benchQueue(runs: number): Promise<string> {
  await using child = await bundled('child.ts');
  const tables: string[] = [];
  for (const scenario of SCENARIOS) {
    const results = new Map<string, Result[]>(scenario.consumers.map((consumer) => [consumer, []]));
    for (let i = 1; i <= runs; i += 1) {
      for (const [consumer, done] of results) {
        say(`${scenario.name}: run ${i} of ${runs}, ${consumer}`);
        done.push(await run(child.file, scenario, consumer));
      }
    }
    const head = ['consumer', 'messages/s', 'of the ideal', 'calls/message', 'CPU s/1,000', 'peak RSS MB'];
    const rows = [...results].map(([consumer, done]) => row(consumer, done, scenario));
    tables.push(`### ${scenario.name}\n\n${table(head, rows)}`);
  }
  return tables.join('\n\n');
}
