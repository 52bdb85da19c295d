import { setTimeout as delay } from 'node:timers/promises';
import { CONSUMERS } from './consumers';
import { peakMegabytes } from '../peak';

/** What the parent says in the arguments. */
export interface ChildOptions {
  readonly consumer: string;
  readonly endpoint: string;
  readonly queueUrl: string;
  readonly concurrency: number;
  /** What is measured, in milliseconds from the start of the consumer: without its start, and with warm code. */
  readonly window: { readonly from: number; readonly to: number };
}

/** What the child says at the end of the window; at its begin it says `begin`. */
export interface ChildReport {
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  /** Part of concurrency × time in which the service times drawn were served. */
  readonly utilization: number;
}

async function main({ window, ...options }: ChildOptions): Promise<void> {
  const start = CONSUMERS[options.consumer];
  if (start === undefined) throw new Error(`no consumer is called ${options.consumer}`);
  const startedAt = performance.now();
  let served = 0;
  const stop = await start({
    ...options,
    handle: async (body) => {
      const ms = Number(body);
      if (ms === 0) return;
      const from = performance.now() - startedAt;
      served += Math.max(0, Math.min(window.to, from + ms) - Math.max(window.from, from));
      await delay(ms);
    },
  });
  await delay(window.from - (performance.now() - startedAt));
  const before = process.cpuUsage();
  process.send?.('begin');
  await delay(window.to - (performance.now() - startedAt));
  const { user, system } = process.cpuUsage(before);
  const report: ChildReport = {
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: peakMegabytes(),
    utilization: served / (options.concurrency * (window.to - window.from)),
  };
  process.send?.(report);
  await stop();
  process.exit();
}

void main(JSON.parse(process.argv[2] ?? '') as ChildOptions);
