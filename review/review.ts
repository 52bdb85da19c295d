import { type Finding, type Severity, severities, topics } from './finding';
import type { Action, Plan } from './plan';
import { data } from './rules/data';
import { drift } from './rules/drift';
import { expiry } from './rules/expiry';
import { exposure } from './rules/exposure';
import { permissions } from './rules/permissions';
import { restarts } from './rules/restarts';
import type { SynthesizedResources } from './synthesized';

/** What a reviewer signs. */
export interface Review {
  readonly terraformVersion: string;
  /** Addresses by what happens to them. */
  readonly changes: Readonly<Record<Exclude<Action, 'none' | 'read'>, readonly string[]>>;
  /** By topic, then from the most to the least severe. */
  readonly findings: readonly Finding[];
  /** The most severe of the findings; `undefined` where there are none. */
  readonly worst: Severity | undefined;
}

/** Looks at a plan by every rule. */
export function review(plan: Plan, synthesized: SynthesizedResources): Review {
  const context = { plan, synthesized };
  const findings = [data, expiry, exposure, permissions, restarts, drift]
    .flatMap((rule) => rule(context))
    .sort(
      (one, other) =>
        topics.indexOf(one.topic) - topics.indexOf(other.topic) ||
        severities.indexOf(other.severity) - severities.indexOf(one.severity),
    );
  const addresses = (action: Action): string[] =>
    plan.changes.filter((change) => change.action === action).map(({ address }) => address);
  return {
    terraformVersion: plan.terraformVersion,
    changes: {
      create: addresses('create'),
      update: addresses('update'),
      replace: addresses('replace'),
      destroy: addresses('destroy'),
      forget: addresses('forget'),
    },
    findings,
    worst: severities.findLast((severity) => findings.some((finding) => finding.severity === severity)),
  };
}
