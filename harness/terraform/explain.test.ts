import { explainFailure } from './explain';

const failure = { command: 'apply', exitCode: 1, diagnostics: [], stderr: '', stateFolder: '/lab/terraform' };
const error = (summary: string, detail = '', address?: string) => ({
  severity: 'error' as const,
  summary,
  detail,
  ...(address === undefined ? {} : { address }),
});

describe('explainFailure', () => {
  it('tells what Terraform said, with the address of the resource', () => {
    const message = explainFailure({
      ...failure,
      diagnostics: [error('creating SQS Queue (x)', 'InvalidParameterValue', 'aws_sqs_queue.tasks')],
    });
    expect(message).toBe(
      'terraform apply failed (exit code 1)\naws_sqs_queue.tasks: creating SQS Queue (x)\n  InvalidParameterValue',
    );
  });

  it('says of a locked state which one it is and what to do', () => {
    const message = explainFailure({ ...failure, diagnostics: [error('Error acquiring the state lock')] });
    expect(message).toMatch(/Another Terraform works on the state in \/lab\/terraform/);
  });

  it('says of a crashed provider that the state is kept', () => {
    const message = explainFailure({ ...failure, diagnostics: [error('Plugin did not respond')] });
    expect(message).toMatch(/provider crashed; what it had created is in the state/);
  });

  it('names the setting when no provider can be had', () => {
    const message = explainFailure({
      ...failure,
      command: 'init',
      stderr: 'Error: Failed to query available provider packages',
    });
    expect(message).toMatch(/UPLOAD_PIPELINE_LAB_PROVIDER_MIRROR/);
  });

  it('gives no advice where it knows none', () => {
    expect(explainFailure({ ...failure, stderr: 'boom' })).toBe('terraform apply failed (exit code 1)\nboom');
  });
});
