import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import pc from 'picocolors';

import { interruptSignal } from '../harness/lab/interrupt';
import { synthesize } from '../harness/terraform/synthesize';
import { checkov } from './checkov';
import { exceptions } from './exceptions';
import { type PlacedFinding, excuses, placed } from './verdict';

/** What is scanned: the app with its defaults, and the example that has everything on. */
const projects = ['.', 'examples/complete'];

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function findingsOf(project: string, signal: AbortSignal): Promise<PlacedFinding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'scan-'));
  try {
    const stack = await synthesize({
      project: resolve(project),
      outputFolder: join(folder, 'cdktf.out'),
      environment: {},
      signal,
    });
    const { passed, findings } = await checkov(stack.folder, { onProgress: say, signal });
    say(`${stack.name}: ${passed} checks passed, ${findings.length} did not`);
    return placed(findings, await readFile(join(stack.folder, 'cdk.tf.json'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Scans; fails for a finding that no exception names, and for an exception that names no finding. */
async function scan(): Promise<boolean> {
  const findings: PlacedFinding[] = [];
  const signal = interruptSignal();
  for (const project of projects) {
    findings.push(...(await findingsOf(project, signal)));
  }
  const unexcused = findings.filter((finding) => !exceptions.some((one) => excuses(one, finding)));
  const idle = exceptions.filter((one) => !findings.some((finding) => excuses(one, finding)));
  for (const { check, path, wants } of unexcused) {
    say(pc.red(`${check} ${path}: ${wants}`));
  }
  for (const { check, construct } of idle) {
    say(
      pc.red(
        `${check} ${construct}: nothing needs this exception any more; remove it from scan/exceptions.ts`,
      ),
    );
  }
  if (unexcused.length > 0) {
    say('Mend it, or name it with its reason in scan/exceptions.ts.');
  }
  return unexcused.length + idle.length === 0;
}

scan().then(
  (passed) => {
    say(passed ? pc.green('the scan passed') : pc.red('the scan failed'));
    process.exitCode = passed ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
