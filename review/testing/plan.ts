import { type Plan, type Attributes, parsePlan } from '../plan';
import { type Review, review } from '../review';
import { SynthesizedResources } from '../synthesized';

/** One resource of a plan as a test says it; what is left out is as Terraform writes it for nothing. */
export interface Planned {
  readonly type: string;
  /** @default one */
  readonly name?: string;
  readonly before?: Attributes;
  readonly after?: Attributes;
  readonly unknown?: Readonly<Record<string, unknown>>;
  /** Attributes that force a replacement. */
  readonly replacedFor?: readonly string[];
}

/** A resource some of whose attributes change. */
export function update(type: string, before: object, after: object): Planned {
  return { type, before: { ...before }, after: { ...before, ...after } };
}

function actions({ before, after, replacedFor }: Planned): string[] {
  if (replacedFor !== undefined) {
    return ['delete', 'create'];
  }
  if (before === undefined) {
    return ['create'];
  }
  if (after === undefined) {
    return ['delete'];
  }
  return JSON.stringify(before) === JSON.stringify(after) ? ['no-op'] : ['update'];
}

const written = (planned: Planned): unknown => ({
  address: `${planned.type}.${planned.name ?? 'one'}`,
  mode: 'managed',
  type: planned.type,
  name: planned.name ?? 'one',
  change: {
    actions: actions(planned),
    before: planned.before ?? null,
    after: planned.after ?? null,
    after_unknown: planned.unknown ?? {},
    ...(planned.replacedFor === undefined
      ? {}
      : { replace_paths: planned.replacedFor.map((name) => [name]) }),
  },
});

/** The text that `terraform show -json` prints for a plan of these resources. */
export function planText(resources: readonly Planned[], drift: readonly Planned[] = []): string {
  return JSON.stringify({
    format_version: '1.2',
    terraform_version: '1.11.4',
    resource_changes: resources.map(written),
    resource_drift: drift.map(written),
  });
}

export function planOf(...resources: Planned[]): Plan {
  return parsePlan(planText(resources));
}

export function reviewOf(...resources: Planned[]): Review {
  return review(planOf(...resources), SynthesizedResources.none);
}

/** `critical aws_sqs_queue.one: is destroyed: …`, a line a finding. */
export function lines({ findings }: Review): string[] {
  return findings.map(({ severity, address, text }) => `${severity} ${address}: ${text}`);
}
