import { join } from 'node:path';

import { z } from 'zod';

import { lockedPythonEnvironment } from '../harness/emulator/python-environment';
import { run } from '../harness/support/run';

/** Who hears of the making of the scanner, and how to stop it. */
export interface ScanOptions {
  readonly onProgress: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** A check that a resource fails. */
export interface Finding {
  /** E.g. `CKV_AWS_18`. */
  readonly check: string;
  /** What the check wants. */
  readonly wants: string;
  /** Name of the resource in the synthesized JSON. */
  readonly resource: string;
}

/** What Checkov found in a stack. */
export interface ScanResult {
  readonly passed: number;
  readonly findings: readonly Finding[];
}

/** Source: `checkov --output json`, 3.3. */
const report = z.object({
  results: z.object({
    passed_checks: z.array(z.unknown()),
    failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })),
    parsing_errors: z.array(z.string()),
  }),
});

/** A proxy where nobody answers: what Checkov might ask the internet fails at once, and it asks for nothing it needs. */
const nowhere = 'http://127.0.0.1:9';

/**
 * Runs Checkov, from its hash-locked Python environment and offline, over a synthesized stack.
 *
 * @throws Error with what Checkov said when it gave no report, or could not read the stack.
 */
export async function checkov(stackFolder: string, { onProgress, signal }: ScanOptions): Promise<ScanResult> {
  const packages = {
    locks: [join(__dirname, 'requirements.txt')],
    description: 'Checkov and what it needs (200 MB)',
  };
  const { folder } = await lockedPythonEnvironment(packages, {
    onProgress,
    ...(signal === undefined ? {} : { signal }),
  });
  const args = [
    '--file',
    join(stackFolder, 'cdk.tf.json'),
    '--framework',
    'terraform_json',
    '--output',
    'json',
    '--skip-download',
    '--soft-fail',
  ];
  const { stdout, stderr, exitCode } = await run(join(folder, 'bin', 'checkov'), args, {
    env: { ...process.env, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: '' },
    stop: { graceMs: 1_000 },
    signal,
  });
  const parsed = report.safeParse(jsonOf(stdout));
  if (!parsed.success || exitCode !== 0) {
    throw new Error(`checkov gave no report (exit code ${exitCode}):\n${stderr.trim() || stdout.trim()}`);
  }
  const { passed_checks, failed_checks, parsing_errors } = parsed.data.results;
  if (parsing_errors.length > 0) {
    throw new Error(`checkov could not read ${parsing_errors.join(', ')}`);
  }
  return {
    passed: passed_checks.length,
    findings: failed_checks.map(({ check_id, check_name, resource }) => ({
      check: check_id,
      wants: check_name,
      resource: resource.split('.').at(-1) ?? resource,
    })),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
