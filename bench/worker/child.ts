import { setTimeout as delay } from 'node:timers/promises';
import { CONSUMERS } from './consumers';

/** What the parent says in the arguments. */
export interface ChildOptions {
  readonly consumer: string;
  readonly endpoint: string;
  readonly queueUrl: string;
  readonly concurrency: number;
  /** Utilization is measured in this part of the run, in milliseconds from its begin. */
  readonly window: { readonly from: number; readonly to: number } | undefined;
}

/** What the child says when it is asked to end. */
export interface ChildReport {
  readonly cpuSeconds: number;
  readonly maxRssMegabytes: number;
  /** Part of concurrency × time in which the service times drawn were served, inside the window. */
  readonly utilization: number | undefined;
}

function main(options: ChildOptions): void {
  const start = CONSUMERS[options.consumer];
  if (start === undefined) throw new Error(`no consumer is called ${options.consumer}`);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  let served = 0;
  const { window } = options;
  const started = start({
    ...options,
    handle: async (body) => {
      const ms = Number(body);
      if (ms === 0) return;
      const from = performance.now() - startedAt;
      if (window !== undefined)
        served += Math.max(0, Math.min(window.to, from + ms) - Math.max(window.from, from));
      await delay(ms);
    },
  });
  process.once('message', () => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const report: ChildReport = {
      cpuSeconds: (user + system) / 1e6,
      maxRssMegabytes: process.resourceUsage().maxRSS / 1024,
      utilization: window && served / (options.concurrency * (window.to - window.from)),
    };
    process.send?.(report, () => {
      void started.then((stop) => stop()).then(() => process.exit());
    });
  });
}

main(JSON.parse(process.argv[2] ?? '') as ChildOptions);
