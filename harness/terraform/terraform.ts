import { devNull } from 'node:os';
import { join } from 'node:path';

import { z } from 'zod';

import { type RunResult, run } from '../support/run';
import { findTerraform } from './binary';
import { interruptGraceMs, unattended, writeCliConfig } from './cli-config';
import { TerraformError } from './errors';
import { type ChangeSummary, type TerraformDiagnostic, type TerraformEvent, parseEvent } from './events';
import { explainFailure } from './explain';

/** Where Terraform works and who hears of it. */
export interface TerraformOptions {
  /** Folder with the synthesized `cdk.tf.json`. */
  readonly workingFolder: string;
  /** Folder for the state, the plan and Terraform's own files. */
  readonly stateFolder: string;
  /** Told each event of a plan, an apply or a destroy. */
  readonly onEvent?: (event: TerraformEvent) => void;
  /** Told what happens outside of such events, one short line a step. */
  readonly onProgress: (message: string) => void;
  /** Aborting interrupts Terraform, lets it save its state, and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What `terraform plan` found. */
export interface PlanResult {
  /** Whether applying would change anything (`-detailed-exitcode` 2). */
  readonly changes: boolean;
  readonly summary: ChangeSummary | undefined;
  /** Addresses of what would change, with the action: `aws_sqs_queue.tasks (update)`. */
  readonly changed: readonly string[];
}

const shownSchema = z.object({
  values: z.object({
    root_module: z.object({
      resources: z.array(z.object({ address: z.string(), values: z.record(z.string(), z.unknown()) })),
    }),
  }),
});

/** A resource or a data source of the state, with the attributes that the provider read of it. */
export type AppliedResource = z.infer<typeof shownSchema>['values']['root_module']['resources'][number];

/** Outputs of the applied configuration, by name. */
export type TerraformOutputs = Readonly<Record<string, unknown>>;

const outputsSchema = z.record(z.string(), z.object({ value: z.unknown() }));

/**
 * The environment of a Terraform process: the caller's, without the settings of other Terraform runs and without AWS
 * credentials, since those of the lab are in the synthesized provider block. Neither a profile of the person's own nor the
 * role of an instance takes their place: nothing that is forgotten there may reach an account.
 */
function cleanEnvironment(environment: NodeJS.ProcessEnv, cliConfig: string): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^(TF_|AWS_|GOGC$)/.test(name));
  return {
    ...Object.fromEntries(kept),
    ...unattended(cliConfig),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    // Loading the provider's schemas is garbage-collection bound: 400 cut a plan from 16.5 to 10.5 s.
    GOGC: '400',
  };
}

/** The real terraform binary, at work on one synthesized stack. */
export class Terraform {
  private constructor(
    private readonly binary: string,
    private readonly cliConfig: string,
    private readonly options: TerraformOptions,
  ) {}

  /**
   * Finds the binary and the provider mirror and prepares Terraform's own configuration.
   *
   * @throws TerraformError when there is no usable binary or the mirror setting is wrong.
   */
  static async open(options: TerraformOptions): Promise<Terraform> {
    const binary = await findTerraform(options.onProgress);
    const cliConfig = await writeCliConfig(options.stateFolder);
    return new Terraform(binary.path, cliConfig, options);
  }

  /** `terraform init` with the state in the state folder. */
  async init(): Promise<void> {
    const state = join(this.options.stateFolder, 'terraform.tfstate');
    await this.checked(['init', '-json', '-reconfigure', `-backend-config=path=${state}`]);
  }

  /**
   * `terraform validate`, with the provider's schemas and no state.
   *
   * @throws TerraformError with what Terraform says of a configuration that is not valid.
   */
  async validate(): Promise<void> {
    await this.checked(['init', '-backend=false', '-no-color']);
    await this.checked(['validate', '-no-color']);
  }

  /** `terraform plan -detailed-exitcode`. */
  async plan(): Promise<PlanResult> {
    let summary: ChangeSummary | undefined;
    const changed: string[] = [];
    const result = await this.run(['plan', '-json', '-detailed-exitcode'], (event) => {
      if (event.type === 'change_summary') {
        summary = event.changes;
      } else if (event.type === 'planned_change') {
        changed.push(`${event.change.resource.addr} (${event.change.action})`);
      }
    });
    if (result.exitCode !== 0 && result.exitCode !== 2) {
      throw this.failure('plan', result);
    }
    return { changes: result.exitCode === 2, summary, changed };
  }

  /** `terraform apply -auto-approve`. */
  async apply(): Promise<ChangeSummary> {
    return this.change('apply');
  }

  /** `terraform destroy -auto-approve`. */
  async destroy(): Promise<ChangeSummary> {
    return this.change('destroy');
  }

  /** `terraform output -json`. */
  async outputs(): Promise<TerraformOutputs> {
    const { stdout } = await this.checked(['output', '-json']);
    const outputs = outputsSchema.parse(JSON.parse(stdout));
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** What is applied, as `terraform show -json` tells it. */
  async resources(): Promise<readonly AppliedResource[]> {
    const { stdout } = await this.checked(['show', '-json']);
    return shownSchema.parse(JSON.parse(stdout)).values.root_module.resources;
  }

  private async change(command: 'apply' | 'destroy'): Promise<ChangeSummary> {
    let summary: ChangeSummary | undefined;
    const result = await this.run([command, '-json', '-auto-approve'], (event) => {
      if (event.type === 'change_summary' && event.changes.operation !== 'plan') {
        summary = event.changes;
      }
    });
    if (result.exitCode !== 0 || summary === undefined) {
      throw this.failure(command, result);
    }
    return summary;
  }

  private async checked(command: readonly string[]): Promise<RunResult> {
    const result = await this.run(command, () => undefined);
    if (result.exitCode !== 0) {
      throw this.failure(command[0] ?? 'terraform', result);
    }
    return result;
  }

  private failure(command: string, { exitCode, stdout, stderr }: RunResult): TerraformError {
    const diagnostics: TerraformDiagnostic[] = [];
    for (const line of stdout.split('\n')) {
      const event = parseEvent(line);
      if (event?.type === 'diagnostic' && event.diagnostic.severity === 'error') {
        diagnostics.push(event.diagnostic);
      }
    }
    return new TerraformError(
      explainFailure({ command, exitCode, diagnostics, stderr, stateFolder: this.options.stateFolder }),
    );
  }

  private async run(
    command: readonly string[],
    onEvent: (event: TerraformEvent) => void,
  ): Promise<RunResult> {
    return run(this.binary, command, {
      cwd: this.options.workingFolder,
      env: cleanEnvironment(process.env, this.cliConfig),
      stop: { signal: 'SIGINT', graceMs: interruptGraceMs },
      signal: this.options.signal,
      onLine: (line) => {
        const event = parseEvent(line);
        if (event !== undefined) {
          onEvent(event);
          this.options.onEvent?.(event);
        }
      },
    });
  }
}
