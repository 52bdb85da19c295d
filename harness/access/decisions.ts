import { type Denial, denialOf } from './denial';
import { History } from './history';
import type { Judge } from './judge';
import type { JudgedPrincipal } from './principal';
import type { Requirement } from './requirement';

/** Decides on what is needed, and remembers the decisions. */
export class Decisions {
  readonly history = new History();

  constructor(private readonly judge: Judge) {}

  /** The first of the requirements that is not allowed, as AWS says it; `undefined` where all are. */
  async denial(
    principal: JudgedPrincipal,
    requirements: readonly Requirement[],
  ): Promise<Denial | undefined> {
    for (const requirement of requirements) {
      if (!(await this.judge.allows(principal, requirement))) {
        const denial = denialOf(principal, requirement, await this.judge.explain(principal, requirement));
        this.history.deny(denial);
        return denial;
      }
      if (principal.kind === 'role') {
        this.history.use(principal, requirement);
      }
    }
    return undefined;
  }
}
