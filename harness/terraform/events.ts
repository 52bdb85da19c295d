import { z } from 'zod';

/**
 * Terraform's machine-readable UI: one JSON object a line.
 * Source: https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
const hook = z.object({
  resource: z.object({ addr: z.string() }),
  action: z.string(),
  elapsed_seconds: z.number().optional(),
});

const changes = z.object({
  add: z.number(),
  change: z.number(),
  remove: z.number(),
  operation: z.enum(['plan', 'apply', 'destroy']),
});

const diagnostic = z.object({
  severity: z.enum(['error', 'warning']),
  summary: z.string(),
  detail: z.string().default(''),
  address: z.string().optional(),
});

const event = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('planned_change'),
    change: z.object({ action: z.string(), resource: z.object({ addr: z.string() }) }),
  }),
  z.object({
    type: z.literal('resource_drift'),
    change: z.object({ action: z.string(), resource: z.object({ addr: z.string() }) }),
  }),
  z.object({ type: z.literal('change_summary'), changes }),
  z.object({ type: z.literal('apply_start'), hook }),
  z.object({ type: z.literal('apply_progress'), hook }),
  z.object({ type: z.literal('apply_complete'), hook }),
  z.object({ type: z.literal('apply_errored'), hook }),
  z.object({ type: z.literal('diagnostic'), diagnostic }),
]);

/** One event of a running `terraform plan`, `apply` or `destroy`. */
export type TerraformEvent = z.infer<typeof event>;

/** A problem that Terraform or a provider reports. */
export type TerraformDiagnostic = z.infer<typeof diagnostic>;

/** What a plan would do, or an apply did, counted by resource. */
export type ChangeSummary = z.infer<typeof changes>;

/** Reads one line of Terraform's output; `undefined` for lines that are no event this harness follows. */
export function parseEvent(line: string): TerraformEvent | undefined {
  if (!line.startsWith('{')) {
    return undefined;
  }
  try {
    return event.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
