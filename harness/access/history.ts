import type { Denial } from './denial';
import type { RoleSession } from './principal';
import type { Requirement } from './requirement';

/** A call that was refused, however often. */
export interface DeniedCall extends Denial {
  readonly count: number;
}

/** Something that a role was allowed: one example of it. */
export interface Use {
  readonly principal: RoleSession;
  readonly requirement: Requirement;
}

/** What was allowed to roles, and what was refused to anybody. */
export class History {
  private readonly allowed = new Map<string, Use>();
  private readonly refused = new Map<string, DeniedCall>();

  /** Remembers one example for each role, action and kind of resource: of a bucket's objects one a folder. */
  use(principal: RoleSession, requirement: Requirement): void {
    const [, folder = requirement.resource] = /^(arn:aws:s3:::[^/]+\/[^/]*)/.exec(requirement.resource) ?? [];
    const kind = `${principal.roleName} ${requirement.action} ${folder}`;
    if (!this.allowed.has(kind)) {
      this.allowed.set(kind, { principal, requirement });
    }
  }

  deny(denial: Denial): void {
    const kind = `${denial.principal} ${denial.action} ${denial.resource}`;
    this.refused.set(kind, { ...denial, count: (this.refused.get(kind)?.count ?? 0) + 1 });
  }

  get uses(): readonly Use[] {
    return [...this.allowed.values()];
  }

  /** In the order of their first refusal. */
  get denials(): readonly DeniedCall[] {
    return [...this.refused.values()];
  }
}

/** What was refused, one line for a person each. */
export function describeDenials(denied: readonly DeniedCall[]): string[] {
  return denied.map(
    ({ principal, action, resource, count, message }) =>
      `${principal} ${action} on ${resource}, ${count === 1 ? 'once' : `${count} times`}: ${message}`,
  );
}
