import type { TerraformDiagnostic } from './events';

/** What is known of a Terraform command that failed. */
export interface Failure {
  readonly command: string;
  readonly exitCode: number;
  readonly diagnostics: readonly TerraformDiagnostic[];
  readonly stderr: string;
  readonly stateFolder: string;
}

const causes: readonly { readonly pattern: RegExp; readonly advice: (failure: Failure) => string }[] = [
  {
    pattern: /acquiring the state lock/i,
    advice: ({ stateFolder }) =>
      `Another Terraform works on the state in ${stateFolder}: let it finish or stop it, then try again.`,
  },
  {
    pattern: /plugin did not respond|plugin crashed|plugin exited|connection is shutting down/i,
    advice: () =>
      'The AWS provider crashed; what it had created is in the state. Run the command again; if it crashes again, run ' +
      'with TF_LOG=trace by hand in the working folder and report it to the provider.',
  },
  {
    pattern: /failed to query available provider packages|could not retrieve the list of available versions/i,
    advice: () =>
      'The provider could be had neither from a mirror nor from the registry. Name a folder that contains ' +
      'registry.terraform.io/hashicorp/aws with UPLOAD_PIPELINE_LAB_PROVIDER_MIRROR.',
  },
];

/** Says in words what went wrong and what to do: Terraform's own diagnostics first, then advice where there is any. */
export function explainFailure(failure: Failure): string {
  const said = failure.diagnostics.map(({ summary, detail, address }) =>
    [address === undefined ? summary : `${address}: ${summary}`, detail.trim()]
      .filter((part) => part !== '')
      .join('\n  '),
  );
  const stderr = failure.stderr.trim();
  if (stderr !== '') {
    said.push(stderr);
  }
  const everything = said.join('\n');
  const advice = causes
    .filter(({ pattern }) => pattern.test(everything))
    .map((cause) => cause.advice(failure));
  return [`terraform ${failure.command} failed (exit code ${failure.exitCode})`, ...said, ...advice].join(
    '\n',
  );
}
