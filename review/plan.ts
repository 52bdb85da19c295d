import { z } from 'zod';

/** Attributes of a resource, as Terraform's JSON output has them. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What Terraform would do to a resource. `replace` destroys it and creates another, in whatever order. */
export type Action = 'create' | 'update' | 'replace' | 'destroy' | 'forget' | 'read' | 'none';

/** One resource of a plan. */
export interface ResourceChange {
  /** `aws_sqs_queue.tasks_queue_A1B2C3` */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly action: Action;
  /** Its attributes now; `undefined` for one that does not exist yet. */
  readonly before: Attributes | undefined;
  /** Its attributes afterwards, without those that are not known yet; `undefined` for one that will not exist. */
  readonly after: Attributes | undefined;
  /** Attributes that are known only after the apply. */
  readonly unknown: ReadonlySet<string>;
  /** Attributes whose change forces a replacement. */
  readonly replacedFor: readonly string[];
}

/** A plan, as far as a reviewer reads it. */
export interface Plan {
  readonly terraformVersion: string;
  /** Every resource, also those that stay as they are. */
  readonly resources: readonly ResourceChange[];
  /** Those that something happens to. */
  readonly changes: readonly ResourceChange[];
  /** Resources that were changed outside of Terraform since the last apply. */
  readonly drift: readonly ResourceChange[];
  /** What data sources were read before the plan, by address: `data.aws_caller_identity.account`. */
  readonly dataSources: ReadonlyMap<string, Attributes>;
}

/** The file is not what `terraform show -json` prints. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

const attributes = z.record(z.string(), z.unknown()).nullable();

const resourceChange = z.object({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  name: z.string(),
  change: z.object({
    actions: z.array(z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget'])),
    before: attributes,
    after: attributes,
    after_unknown: z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional(),
    replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).optional(),
  }),
});

const stateResource = z.object({
  address: z.string(),
  mode: z.string(),
  values: z.record(z.string(), z.unknown()),
});

/** Source: https://developer.hashicorp.com/terraform/internals/json-format, format version 1. */
const planSchema = z.object({
  format_version: z.string().regex(/^1\./, 'only format version 1 is known'),
  terraform_version: z.string(),
  resource_changes: z.array(resourceChange).default([]),
  resource_drift: z.array(resourceChange).default([]),
  prior_state: z
    .object({
      values: z.object({ root_module: z.object({ resources: z.array(stateResource).default([]) }) }),
    })
    .optional(),
});

type TerraformAction = z.infer<typeof resourceChange>['change']['actions'][number];

const actions: Readonly<Record<TerraformAction, Action>> = {
  'no-op': 'none',
  create: 'create',
  read: 'read',
  update: 'update',
  delete: 'destroy',
  forget: 'forget',
};

function actionOf([first = 'no-op', second]: readonly TerraformAction[]): Action {
  return second === undefined ? actions[first] : 'replace';
}

function unknownOf(raw: z.infer<typeof resourceChange>['change']['after_unknown']): ReadonlySet<string> {
  // A block that holds something unknown is listed as well; one that holds nothing unknown is an empty object or array.
  const holdsUnknown = (value: unknown): boolean =>
    value === true ||
    (typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown));
  return new Set(
    typeof raw === 'object'
      ? Object.entries(raw).flatMap(([name, value]) => (holdsUnknown(value) ? [name] : []))
      : [],
  );
}

function readChange({ address, type, name, change }: z.infer<typeof resourceChange>): ResourceChange {
  return {
    address,
    type,
    name,
    action: actionOf(change.actions),
    before: change.before ?? undefined,
    after: change.after ?? undefined,
    unknown: unknownOf(change.after_unknown),
    replacedFor: [...new Set((change.replace_paths ?? []).map(([first]) => String(first)))],
  };
}

/**
 * Reads what `terraform show -json` prints of a plan.
 *
 * @throws PlanError that says what the text is instead, and how to make the right one.
 */
export function parsePlan(text: string): Plan {
  const how = 'Make one with: terraform plan -out=plan.bin && terraform show -json plan.bin > plan.json';
  if (text.startsWith('PK')) {
    throw new PlanError(`This is Terraform's binary plan; its JSON form is needed. ${how}`);
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new PlanError(`This is no JSON (${String(cause)}). ${how}`, { cause });
  }
  const parsed = planSchema.safeParse(raw);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new PlanError(`This JSON is no Terraform plan (${problems.slice(0, 3).join('; ')}). ${how}`);
  }
  const managed = (changes: readonly z.infer<typeof resourceChange>[]): ResourceChange[] =>
    changes.filter(({ mode }) => mode === 'managed').map(readChange);
  const happens = ({ action }: ResourceChange): boolean => action !== 'none';
  const resources = managed(parsed.data.resource_changes);
  return {
    terraformVersion: parsed.data.terraform_version,
    resources,
    changes: resources.filter(happens),
    drift: managed(parsed.data.resource_drift).filter(happens),
    dataSources: new Map(
      (parsed.data.prior_state?.values.root_module.resources ?? [])
        .filter(({ mode }) => mode === 'data')
        .map(({ address, values }) => [address, values]),
    ),
  };
}
