import { getGrantReasons } from '@cloud-copilot/iam-simulate';

import type { Use } from './history';
import type { Judge } from './judge';

/** One action that one statement of a role's policies allows. */
export interface Grant {
  readonly roleName: string;
  /** Name of the policy, and the statement's Sid. */
  readonly policy: string;
  readonly sid: string;
  readonly action: string;
}

/** Which grants the uses have needed. */
export async function usedGrants(judge: Judge, uses: readonly Use[]): Promise<Grant[]> {
  const used: Grant[] = [];
  for (const { principal, requirement } of uses) {
    for (const reason of getGrantReasons(await judge.explain(principal, requirement))) {
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
