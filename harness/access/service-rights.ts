import type { Rights, Sender, Writer } from '../fleet/rights';
import { accountId } from '../support/account';
import type { Decisions } from './decisions';
import type { Facts } from './facts';
import type { Judge } from './judge';
import type { JudgedPrincipal } from './principal';
import type { Requirement } from './requirement';
import { sending } from './requirements/messaging';
import { s3Requirements } from './requirements/s3';
import { roleNameOf } from './role-policies';
import type { ObjectName } from './s3-operation';

/** What services of AWS may do by themselves: the edge sees no call of theirs, so that the fleet asks before it does it. */
export class ServiceRights implements Rights {
  constructor(
    private readonly decisions: Decisions,
    private readonly judge: Judge,
    private readonly facts: Facts,
  ) {}

  async mayAssume(service: string, roleArn: string): Promise<boolean> {
    const assume = { action: 'sts:AssumeRole', resource: roleArn };
    return (await this.decisions.denial({ kind: 'service', name: service }, [assume])) === undefined;
  }

  async checkSend(sender: Sender, targetArn: string): Promise<void> {
    if (sender.kind === 'role' && !(await this.mayAssume(sender.assumedBy, sender.roleArn))) {
      throw new Error(
        `${sender.assumedBy} may not assume ${sender.roleArn}: its trust policy does not allow it.`,
      );
    }
    const denial = await this.decisions.denial(principalOf(sender), await sending(targetArn, this.facts));
    if (denial !== undefined) {
      throw new Error(denial.message);
    }
  }

  async mayPut(writers: readonly [Writer, ...Writer[]], { bucket, key }: ObjectName): Promise<boolean> {
    const request = { operation: 'PutObject', bucket, key, query: new URLSearchParams(), headers: {} };
    const requirements = (await s3Requirements(request, this.facts)) ?? [];
    for (const writer of writers) {
      if (await this.mayAll(writer, requirements)) {
        return true;
      }
    }
    await this.decisions.denial(writers[0], requirements);
    return false;
  }

  private async mayAll(principal: JudgedPrincipal, requirements: readonly Requirement[]): Promise<boolean> {
    for (const requirement of requirements) {
      if (!(await this.judge.allows(principal, requirement))) {
        return false;
      }
    }
    return true;
  }
}

function principalOf(sender: Sender): JudgedPrincipal {
  if (sender.kind === 'service') {
    return sender;
  }
  const roleName = roleNameOf(sender.roleArn);
  const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/AutoScaling`;
  return { kind: 'role', arn, roleName, userId: `${roleName}:AutoScaling` };
}
