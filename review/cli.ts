import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { Command, Option } from 'commander';
import { z } from 'zod';

import { type Severity, isAtLeast, severities } from './finding';
import { type MadePlan, makePlan } from './make-plan';
import { PlanError, parsePlan } from './plan';
import { renderMarkdown } from './render/markdown';
import { renderText } from './render/text';
import { type Review, review } from './review';
import { SynthesizedResources } from './synthesized';

/** Exit codes, as those of `terraform plan -detailed-exitcode`. */
const exitCodes = { fine: 0, failed: 1, findings: 2 };

const formats = {
  text: renderText,
  markdown: renderMarkdown,
  json: (result: Review): string => `${JSON.stringify(result, undefined, 2)}\n`,
};

interface Options {
  readonly plan?: string;
  readonly stack?: string;
  readonly lab?: boolean;
  readonly format: keyof typeof formats;
  readonly failOn: Severity;
  readonly out?: string;
}

const standingLab = z.object({ endpoint: z.string() });

async function planOfLab(project: string): Promise<{ endpoint: string; stateFile: string }> {
  const folder = join(project, '.lab', 'standing');
  try {
    const { endpoint } = standingLab.parse(JSON.parse(await readFile(join(folder, 'lab.json'), 'utf8')));
    return { endpoint, stateFile: join(folder, 'terraform', 'terraform.tfstate') };
  } catch (cause) {
    throw new PlanError('No lab stands here. Set one up with: npm run lab -- up', { cause });
  }
}

async function given({ plan, stack }: Options & { plan: string }): Promise<MadePlan> {
  const readText = async (file: string): Promise<string> => {
    try {
      return await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PlanError(
        `${file} cannot be read (${reason}). Give a file, as: terraform show -json plan.tfplan > plan.json`,
        { cause },
      );
    }
  };
  return { plan: await readText(plan), stack: stack === undefined ? '{}' : await readText(stack) };
}

async function made(options: Options): Promise<MadePlan> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted.abort(new PlanError(`Interrupted by ${signal}; nothing was changed.`));
    });
  }
  const project = resolve('.');
  const lab = options.lab === true ? await planOfLab(project) : undefined;
  return makePlan({
    project,
    environment: lab === undefined ? {} : { UPLOAD_PIPELINE_ENDPOINT: lab.endpoint },
    stateFile: lab?.stateFile,
    onProgress: (message) => process.stderr.write(`${message}\n`),
    signal: interrupted.signal,
  });
}

async function main(options: Options): Promise<number> {
  const { plan, stack } =
    options.plan === undefined ? await made(options) : await given({ ...options, plan: options.plan });
  const result = review(parsePlan(plan), SynthesizedResources.parse(stack));
  const rendered = formats[options.format](result);
  if (options.out === undefined) {
    process.stdout.write(rendered);
  } else {
    await writeFile(options.out, rendered);
  }
  return result.worst !== undefined && isAtLeast(result.worst, options.failOn)
    ? exitCodes.findings
    : exitCodes.fine;
}

void new Command('npm run plan-review --')
  .description(
    'Reads a real terraform plan for a reviewer: what is added, changed, destroyed or replaced, what loses data, becomes public, gains permissions or is restarted.\nExit code: 0 fine, 1 failed, 2 findings at or above --fail-on.',
  )
  .option(
    '--plan <file>',
    "a plan as `terraform show -json` prints it; '-' for standard input (default: synthesize and plan now)",
  )
  .option(
    '--stack <file>',
    'the cdk.tf.json of the plan: makes policies readable whose ARNs are not known yet',
  )
  .addOption(new Option('--lab', 'plan against the lab that was left running').conflicts('plan'))
  .addOption(new Option('--format <format>', 'how to print it').choices(Object.keys(formats)).default('text'))
  .addOption(
    new Option('--fail-on <severity>', 'exit with 2 from this severity on')
      .choices(severities)
      .default('critical'),
  )
  .option('--out <file>', 'write it there in place of standard output')
  .showHelpAfterError()
  .action(async (options: Options) => {
    try {
      process.exitCode = await main(options);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = exitCodes.failed;
    }
  })
  .parseAsync();
