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
  provider: z.object({
    aws: z
      .array(
        z.object({
          region: z.string(),
          endpoints: z.array(z.record(z.string(), z.string())).optional(),
        }),
      )
      .min(1),
  }),
});

type Provider = z.infer<typeof stackSchema>['provider']['aws'][number];

/**
 * An app that does not take the endpoint is one for AWS: applied, it would change an account.
 *
 * @throws TerraformError that says what the app must do.
 */
function refuseOtherEndpoints(providers: readonly Provider[], endpoint: string): void {
  for (const { endpoints = [] } of providers) {
    const urls = endpoints.flatMap((block) => Object.values(block));
    const wrong = urls.find((url) => url !== endpoint);
    if (urls.length > 0 && wrong === undefined) continue;
    throw new TerraformError(
      `The app's AWS provider has ${wrong === undefined ? 'no endpoints' : `the endpoint ${wrong}`}, so it would be applied elsewhere than in the lab. It must take the endpoint from UPLOAD_PIPELINE_ENDPOINT (here ${endpoint}): awsProvider(stack, { region, endpoint: process.env.UPLOAD_PIPELINE_ENDPOINT }).`,
    );
  }
}

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
 * @throws TerraformError with what the app printed when it fails, when it does not write exactly one stack, or when it
 * was given an endpoint and its AWS provider has another, or none.
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
  const endpoint = options.environment.UPLOAD_PIPELINE_ENDPOINT;
  if (endpoint !== undefined) refuseOtherEndpoints(provider.aws, endpoint);
  return { name: stack.name, folder, region: provider.aws[0]?.region ?? '' };
}
