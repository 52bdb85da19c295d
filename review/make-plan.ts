import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findTerraform } from '../harness/terraform/binary';
import { interruptGraceMs, unattended, writeCliConfig } from '../harness/terraform/cli-config';
import { synthesize } from '../harness/terraform/synthesize';
import { run } from '../harness/support/run';
import { PlanError } from './plan';

/** What to plan. */
export interface PlanOptions {
  /** Folder with the project's `cdktf.json`. */
  readonly project: string;
  /** Environment variables on top of the caller's, for the synthesis. */
  readonly environment: Readonly<Record<string, string>>;
  /** State to plan against. @default what the stack's backend says */
  readonly stateFile?: string | undefined;
  readonly onProgress: (message: string) => void;
  readonly signal: AbortSignal;
}

/** A plan in Terraform's JSON form, and the stack that it was made of. */
export interface MadePlan {
  readonly plan: string;
  readonly stack: string;
}

/**
 * Synthesizes the project and lets the real Terraform plan it, with the caller's own credentials. Nothing is changed, and
 * nothing is left behind.
 *
 * @throws TerraformError when the synthesis fails, PlanError with what Terraform says when it does.
 */
export async function makePlan(options: PlanOptions): Promise<MadePlan> {
  const { project, environment, stateFile, onProgress, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'plan-review-'));
  try {
    onProgress('synthesizing the stack');
    const stack = await synthesize({
      project,
      outputFolder: join(folder, 'cdktf.out'),
      environment,
      signal,
    });
    const { path: terraform } = await findTerraform(onProgress);
    const cliConfig = await writeCliConfig(folder);
    const terraformRun = async (...args: string[]): Promise<string> => {
      onProgress(`terraform ${args[0] ?? ''}`);
      const { exitCode, stdout, stderr } = await run(terraform, args, {
        cwd: stack.folder,
        env: { ...process.env, ...unattended(cliConfig) },
        stop: { signal: 'SIGINT', graceMs: interruptGraceMs },
        signal,
      });
      if (exitCode !== 0) {
        throw new PlanError(
          `terraform ${args[0] ?? ''} failed (exit code ${exitCode}):\n${stderr || stdout}`,
        );
      }
      return stdout;
    };
    const backend = stateFile === undefined ? [] : [`-backend-config=path=${stateFile}`];
    await terraformRun('init', '-no-color', ...backend);
    await terraformRun('plan', '-no-color', '-lock=false', '-out=plan.bin');
    return {
      plan: await terraformRun('show', '-json', 'plan.bin'),
      stack: await readFile(join(stack.folder, 'cdk.tf.json'), 'utf8'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
