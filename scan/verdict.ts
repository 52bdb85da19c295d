import { z } from 'zod';

import type { Finding } from './checkov';

/** A check that need not pass, and why. */
export interface Exception {
  /** E.g. `CKV_AWS_18`. */
  readonly check: string;
  /** Constructs that it is for, by the end of their path below the stack: `artifacts/bucket`. */
  readonly construct: string;
  readonly reason: string;
}

/** A finding with the construct that made the resource. */
export interface PlacedFinding extends Finding {
  /** Path in the construct tree: `upload-pipeline/pipeline/artifacts/bucket`. */
  readonly path: string;
}

const stackSchema = z.object({
  resource: z.record(
    z.string(),
    z.record(z.string(), z.object({ '//': z.object({ metadata: z.object({ path: z.string() }) }) })),
  ),
});

/** Says which construct each finding is about. */
export function placed(findings: readonly Finding[], stackJson: string): PlacedFinding[] {
  const { resource } = stackSchema.parse(JSON.parse(stackJson));
  const paths = new Map(
    Object.values(resource).flatMap((named) =>
      Object.entries(named).map(([name, { '//': comment }]) => [name, comment.metadata.path] as const),
    ),
  );
  return findings.map((finding) => ({ ...finding, path: paths.get(finding.resource) ?? finding.resource }));
}

/** Whether an exception is for a finding. */
export function excuses({ check, construct }: Exception, finding: PlacedFinding): boolean {
  return check === finding.check && `/${finding.path}`.endsWith(`/${construct}`);
}
