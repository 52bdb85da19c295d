import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { NODE_FLAGS } from '../../worker/bundle/node-flags';
import { SqsServer } from '../../worker/testing/sqs-server';
import { until } from '../../worker/testing/until';
import { bundled } from './bundled';
import type { ChildOptions, ChildReport } from './child';
import { median } from '../median';

interface Scenario {
  readonly name: string;
  readonly concurrency: number;
  readonly latencyMs: number;
  readonly skewed: boolean;
  readonly consumers: readonly string[];
}

interface Result {
  readonly messagesPerSecond: number;
  readonly callsPerMessage: number;
  readonly cpuPerThousand: number;
  readonly utilization: number | undefined;
  readonly maxRssMegabytes: number;
}

const NO_OP_MESSAGES = 20_000;
/** The skewed load runs until its window is over. */
const WINDOW = { from: 2000, to: 8000 };

const skewed = (concurrency: number, latencyMs: number, peers: readonly string[]): Scenario => ({
  name: `skewed work, ${concurrency} at a time, replies ${latencyMs === 0 ? 'at once' : `after ${latencyMs} ms`}`,
  concurrency,
  latencyMs,
  skewed: true,
  consumers: ['upload-pipeline', 'upload-pipeline by the SDK', ...peers, 'squiss'],
});

const SCENARIOS: readonly Scenario[] = [
  ...[0, 10].map((latency) => skewed(10, latency, ['sqs-consumer 1×10', 'sqs-consumer 10×1'])),
  ...[0, 10].map((latency) => skewed(50, latency, ['sqs-consumer 50×1'])),
  {
    name: 'no work at all, 50 at a time',
    concurrency: 50,
    latencyMs: 0,
    skewed: false,
    consumers: [
      'upload-pipeline',
      'sqs-consumer 10×1',
      'sqs-consumer batch 1×10',
      'sqs-consumer batch 5×10',
      'squiss',
    ],
  },
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
  const count = scenario.skewed ? scenario.concurrency * 250 : NO_OP_MESSAGES;
  for (const ms of scenario.skewed ? serviceTimes(count) : Array<number>(count).fill(0))
    queue.send({ body: String(ms) });
  const options: ChildOptions = {
    consumer,
    endpoint: server.endpoint,
    queueUrl: queue.url,
    concurrency: scenario.concurrency,
    window: scenario.skewed ? WINDOW : undefined,
  };
  const child = spawn(process.execPath, [...NODE_FLAGS, program, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    await until('the first call comes', () => server.calls.ReceiveMessage !== undefined, 30);
    const startedAt = performance.now();
    if (scenario.skewed)
      await until('the window is over', () => performance.now() - startedAt > WINDOW.to, 60);
    else await until('all are deleted', () => queue.deleted === count, 120);
    const seconds = (performance.now() - startedAt) / 1000;
    const { deleted } = queue;
    const calls = Object.values(server.calls).reduce((sum, n) => sum + n, 0);
    const report = await ask(child);
    return {
      messagesPerSecond: deleted / seconds,
      callsPerMessage: calls / deleted,
      cpuPerThousand: (report.cpuSeconds / deleted) * 1000,
      utilization: report.utilization,
      maxRssMegabytes: report.maxRssMegabytes,
    };
  } finally {
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }
}

async function ask(child: ChildProcess): Promise<ChildReport> {
  child.send('report');
  const [report] = (await once(child, 'message')) as [ChildReport];
  return report;
}

function line(consumer: string, results: readonly Result[]): string {
  const of = (pick: (result: Result) => number): number => median(results.map(pick));
  const ideal = results.every(({ utilization }) => utilization !== undefined)
    ? `${(100 * of(({ utilization = 0 }) => utilization)).toFixed(1)} %`
    : '';
  return `| ${consumer} | ${of((r) => r.messagesPerSecond).toFixed(0)} | ${ideal} | ${of((r) => r.callsPerMessage).toFixed(2)} | ${of((r) => r.cpuPerThousand).toFixed(2)} | ${of((r) => r.maxRssMegabytes).toFixed(0)} |`;
}

/** Measures the queue runtime against its peers, run after run in turn, and prints a table of the medians for each scenario. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '5' }, only: { type: 'string', default: '' } },
  });
  await using child = await bundled('child.ts');
  const program = child.file;
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(values.only))) {
    const results = new Map<string, Result[]>(scenario.consumers.map((consumer) => [consumer, []]));
    for (let i = 1; i <= Number(values.runs); i += 1) {
      for (const [consumer, done] of results) {
        process.stderr.write(`${scenario.name}: run ${i} of ${values.runs}, ${consumer}\n`);
        done.push(await run(program, scenario, consumer));
      }
    }
    process.stdout.write(`\n### ${scenario.name}\n\n`);
    process.stdout.write(
      '| consumer | messages/s | of the ideal | calls/message | CPU s/1,000 | RSS MB |\n|---|---|---|---|---|---|\n',
    );
    for (const [consumer, done] of results) process.stdout.write(`${line(consumer, done)}\n`);
  }
}

void main();
