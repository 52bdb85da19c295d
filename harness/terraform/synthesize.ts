import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { messageOf } from '../support/message-of';
import { run } from '../support/run';
import { TerraformError } from './errors';

/** What to synthesize, and for where. */
export interface SynthesisOptions {
  /** Folder with the project's `cdktf.json`. */
  readonly project: string;
  /** Folder that receives `stacks/<name>/cdk.tf.json`. */
  readonly outputFolder: string;
  /** Environment variables on top of the caller's: the endpoint of the emulator, fields of the configuration. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A synthesized stack. */
export interface SynthesizedStack {
  readonly name: string;
  /** Folder with its `cdk.tf.json`, where Terraform works. */
  readonly folder: string;
  /** Region of its AWS provider. */
  readonly region: string;
}

const projectSchema = z.object({ app: z.string() });

/** CDKTF's index of what it wrote. Source: cdktf/lib/manifest.js, `Manifest.fileName`. */
const manifestSchema = z.object({
  stacks: z.record(z.string(), z.object({ name: z.string(), workingDirectory: z.string() })),
});

const stackSchema = z.object({
  provider: z.object({ aws: z.array(z.object({ region: z.string() })).min(1) }),
});

/**
 * The command that synthesizes a project: `app` in its `cdktf.json`.
 *
 * @throws TerraformError when there is none.
 */
export async function readApp(project: string): Promise<string> {
  try {
    return projectSchema.parse(JSON.parse(await readFile(join(project, 'cdktf.json'), 'utf8'))).app;
  } catch (cause) {
    throw new TerraformError(
      `${project} cannot be read as a CDKTF project: it needs a cdktf.json with an «app» (${messageOf(cause)}).`,
      { cause },
    );
  }
}

async function runApp(
  app: string,
  { project, outputFolder, environment, signal }: SynthesisOptions,
): Promise<void> {
  const { exitCode, stdout, stderr } = await run('sh', ['-c', app], {
    cwd: project,
    env: { ...process.env, ...environment, CDKTF_OUTDIR: outputFolder, CHECKPOINT_DISABLE: '1' },
    stop: { graceMs: 1_000 },
    signal,
  });
  if (exitCode !== 0) {
    const said = [stderr.trim(), stdout.trim()].filter((text) => text !== '');
    throw new TerraformError([`Synthesis failed (${app}, exit code ${exitCode}):`, ...said].join('\n'));
  }
}

/**
 * Runs the project's own CDKTF app, as `cdktf synth` would: the command in `cdktf.json`.
 *
 * @throws TerraformError with what the app printed when it fails, or when it does not write exactly one stack.
 */
export async function synthesize(options: SynthesisOptions): Promise<SynthesizedStack> {
  await runApp(await readApp(options.project), options);
  const manifest = manifestSchema.parse(
    JSON.parse(await readFile(join(options.outputFolder, 'manifest.json'), 'utf8')),
  );
  const [stack, ...more] = Object.values(manifest.stacks);
  if (stack === undefined || more.length > 0) {
    throw new TerraformError(
      `The app wrote ${Object.keys(manifest.stacks).length} stacks (${Object.keys(manifest.stacks).join(', ')}); the lab runs exactly one.`,
    );
  }
  const folder = join(options.outputFolder, stack.workingDirectory);
  const { provider } = stackSchema.parse(JSON.parse(await readFile(join(folder, 'cdk.tf.json'), 'utf8')));
  return { name: stack.name, folder, region: provider.aws[0]?.region ?? '' };
}
