import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { machine } from '../machine';
import { median } from '../median';
import { table } from '../table';
import { medianLatency, requestsPerSecond } from './load';
import { type Started, findNginx, nginxBalancer, nginxTarget } from './nginx';

const rounds = 5;
const secondsEach = 2;
const connections = 32;
const latencyRequests = 1_000;
const sampleSeconds = 10;

interface Child extends Started {
  readonly process: ChildProcess;
}

async function start(file: string, ...args: string[]): Promise<Child> {
  const child = fork(join(__dirname, file), args, { execArgv: [...process.execArgv, '--expose-gc'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    process: child,
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** Memory of the balancer after a collection of its garbage, in MiB. */
async function memory({ process: child }: Child): Promise<{ readonly rss: number; readonly heap: number }> {
  child.send('memory');
  const [usage] = (await once(child, 'message')) as [NodeJS.MemoryUsage];
  return { rss: usage.rss / 2 ** 20, heap: (usage.heapUsed + usage.external) / 2 ** 20 };
}

/** Measures all in turns, so that whatever else the machine does hits all of them alike. */
async function compare(name: string, targets: readonly Started[], nginx: string | undefined): Promise<void> {
  const ports = targets.map(({ url }) => new URL(url).port);
  const ours = await start('balancer.ts', ...ports);
  const theirs =
    nginx === undefined
      ? undefined
      : await nginxBalancer(
          nginx,
          targets.map(({ url }) => url),
        );
  const [direct] = targets;
  const urls = { direct: direct?.url, nginx: theirs?.url, ours: ours.url };
  const rates = { direct: [] as number[], nginx: [] as number[], ours: [] as number[] };
  const latencies = { direct: [] as number[], nginx: [] as number[], ours: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const who of ['direct', 'nginx', 'ours'] as const) {
      const url = urls[who];
      if (url !== undefined) {
        const rate = await requestsPerSecond(url, connections, secondsEach);
        const latency = await medianLatency(url, latencyRequests);
        // The first round warms all of them up.
        if (round > 0) {
          rates[who].push(rate);
          latencies[who].push(latency);
        }
      }
    }
  }
  const rate = (who: keyof typeof rates): string => median(rates[who]).toFixed(0);
  const latency = (who: keyof typeof rates): string => median(latencies[who]).toFixed(3);
  const ratio = theirs === undefined ? 'no nginx' : (median(rates.ours) / median(rates.nginx)).toFixed(2);
  const added = (median(latencies.ours) - median(latencies.direct)).toFixed(3);
  console.log(
    `| ${name} | ${rate('direct')} | ${theirs === undefined ? '-' : rate('nginx')} | ${rate('ours')} | ${ratio} | ${latency('direct')} | ${theirs === undefined ? '-' : latency('nginx')} | ${latency('ours')} | ${added} |`,
  );
  await Promise.all([ours.stop(), theirs?.stop()]);
}

/** Loads the balancer for a while and tells its memory as it goes. */
async function watchMemory(targets: readonly Started[], minutes: number): Promise<void> {
  const ours = await start('balancer.ts', ...targets.map(({ url }) => new URL(url).port));
  const samples: {
    readonly minute: number;
    readonly rss: number;
    readonly heap: number;
    readonly rate: number;
  }[] = [];
  const begun = performance.now();
  const minute = (): number => (performance.now() - begun) / 60_000;
  while (minute() < minutes) {
    const rate = await requestsPerSecond(ours.url, connections, Math.min(sampleSeconds, minutes * 60));
    samples.push({ minute: minute(), ...(await memory(ours)), rate });
  }
  await ours.stop();
  const shown = samples.filter(
    (_sample, index) => index % Math.ceil(samples.length / 12) === 0 || index === samples.length - 1,
  );
  const rows = shown.map(({ minute: at, rate, heap, rss }) => [
    at.toFixed(1),
    rate.toFixed(0),
    heap.toFixed(1),
    rss.toFixed(1),
  ]);
  console.log(`\n${table(['minute', 'requests/s', 'heap MiB', 'RSS MiB'], rows)}`);
}

/** `npm run bench:load-balancer [-- MINUTES]`: minutes of load under which memory is watched. @default half a minute */
async function report(): Promise<void> {
  const minutes = Number(process.argv[2] ?? 0.5);
  const nginx = findNginx();
  if (nginx === undefined) {
    console.error(
      'There is no nginx on this machine: the comparison with it is left out. Install the package nginx.',
    );
  }
  console.log(
    `${machine()}; ${connections} connections, ${rounds} rounds of ${secondsEach} s each in turns\n`,
  );
  console.log(
    '| targets | direct /s | nginx /s | ours /s | ours ÷ nginx | direct ms | nginx ms | ours ms | added ms |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  );
  const nodeTargets = [await start('target.ts'), await start('target.ts')];
  await compare('two of Node', nodeTargets, nginx);
  if (nginx !== undefined) {
    const quick = [await nginxTarget(nginx), await nginxTarget(nginx)];
    await compare('two of nginx', quick, nginx);
    await Promise.all(quick.map((target) => target.stop()));
  }
  await watchMemory(nodeTargets, minutes);
  await Promise.all(nodeTargets.map((target) => target.stop()));
}

void report();
