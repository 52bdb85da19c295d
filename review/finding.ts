import type { Plan, ResourceChange } from './plan';
import type { SynthesizedResources } from './synthesized';

/** How much a reviewer must look at it, from least to most. */
export const severities = ['info', 'notice', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** What a finding is about, in the order in which a reviewer reads. */
export const topics = ['data', 'exposure', 'permissions', 'restarts', 'drift'] as const;
export type Topic = (typeof topics)[number];

/** One thing that a reviewer should know before signing. */
export interface Finding {
  readonly severity: Severity;
  readonly topic: Topic;
  /** Address of the resource. */
  readonly address: string;
  /** One sentence: what happens, and to whom. */
  readonly text: string;
}

/** What a rule looks at. */
export interface Context {
  readonly plan: Plan;
  /** The configuration that was planned, for values that are known only after the apply. */
  readonly synthesized: SynthesizedResources;
}

/** Finds what one kind of change does. */
export type Rule = (context: Context) => Finding[];

/** Whether a severity is at least another. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(least);
}

/** Whether a resource that exists now will not exist any more, or only as a new one. */
export function isLost({ action }: ResourceChange): boolean {
  return action === 'destroy' || action === 'replace';
}

/** What an attribute is before and after, where it differs and both are known. */
export function changed(
  { before, after, unknown }: ResourceChange,
  name: string,
): { readonly from: unknown; readonly to: unknown } | undefined {
  const from = before?.[name];
  const to = after?.[name];
  return before === undefined ||
    after === undefined ||
    unknown.has(name) ||
    JSON.stringify(from) === JSON.stringify(to)
    ? undefined
    : { from, to };
}
