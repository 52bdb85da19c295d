import { getGrantReasons } from '@cloud-copilot/iam-simulate';
import { z } from 'zod';

import type { Use } from './history';
import type { Judge } from './judge';
import type { RolePolicies } from './role-policies';

/** One action that one statement of a role's policies allows; `*` for all of an attached policy. */
export interface Grant {
  readonly roleName: string;
  readonly policy: string;
  /** Of the statement; its number where it has none, `*` for all of an attached policy. */
  readonly sid: string;
  readonly action: string;
}

/** Which grants the uses have needed. */
export async function usedGrants(judge: Judge, uses: readonly Use[]): Promise<Grant[]> {
  const used: Grant[] = [];
  for (const { principal, requirement } of uses) {
    const analysis = await judge.explain(principal, requirement);
    for (const reason of analysis === undefined ? [] : getGrantReasons(analysis)) {
      if (reason.policyType === 'identity') {
        used.push({
          roleName: principal.roleName,
          policy: reason.policyIdentifier,
          sid: reason.statementId ?? String(reason.statementIndex),
          action: requirement.action,
        });
      }
    }
  }
  return used;
}

const listOf = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat());

const document = z.object({
  Statement: z.array(
    z.object({ Sid: z.string().optional(), Effect: z.string(), Action: listOf.default([]) }),
  ),
});

/** What a role is granted: each action of its inline policies by itself, an attached policy as one. */
export function grantsOf(roleName: string, { inline, attached }: RolePolicies): Grant[] {
  return [
    ...inline.flatMap(({ name, policy }) =>
      document
        .parse(policy.policyDocument)
        .Statement.flatMap(({ Sid, Effect, Action }, index) =>
          Effect === 'Allow'
            ? Action.map((action) => ({ roleName, policy: name, sid: Sid ?? String(index + 1), action }))
            : [],
        ),
    ),
    ...attached.map(({ name }) => ({ roleName, policy: name, sid: '*', action: '*' })),
  ];
}

/** Which grants no use has needed. */
export function unused(granted: readonly Grant[], used: readonly Grant[]): Grant[] {
  return granted.filter(
    ({ roleName, policy, sid, action }) =>
      !used.some(
        (use) =>
          use.roleName === roleName &&
          use.policy === policy &&
          (sid === '*' || (use.sid === sid && use.action === action)),
      ),
  );
}
