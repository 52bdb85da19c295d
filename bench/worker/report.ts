import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { load } from '../machine';
import { benchMemory } from './memory';
import { benchMovie } from './movie';
import { benchQueue } from './queue';
import { benchStart } from './start';

/** Each prints its part of numbers.md, from so many runs of everything. */
const BENCHES: Readonly<Record<string, (runs: number) => Promise<string>>> = {
  queue: benchQueue,
  start: benchStart,
  memory: benchMemory,
  movie: benchMovie,
};

/** Runs the benches that are named, or all of them, and prints numbers.md. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string', default: '5' } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  const runs = Number(values.runs);
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  await print(
    `# Numbers of the worker\n\nPrinted by \`npm run bench:worker\` on ${date} at commit ${commit}: medians of ${runs} runs, on ${availableParallelism()} cores.`,
  );
  for (const name of names) {
    const bench = BENCHES[name];
    if (bench === undefined) {
      throw new Error(`no bench is called ${name}; there are ${Object.keys(BENCHES).join(', ')}`);
    }
    const before = load();
    const startedAt = performance.now();
    const tables = await bench(runs);
    const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
    await print(
      `\n## ${name}\n\nIn ${minutes} minutes; load of the machine ${before} before, ${load()} after.\n\n${tables}`,
    );
  }
}

/** In the form that the project's check wants, so that the output can be committed as it is. */
async function print(markdown: string): Promise<void> {
  const options = await resolveConfig('numbers.md');
  const lead = markdown.startsWith('\n') ? '\n' : '';
  process.stdout.write(lead + (await format(markdown, { ...options, parser: 'markdown' })));
}

void main();
