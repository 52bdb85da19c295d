import { type Finding, type Rule, type Severity, severities } from '../finding';
import type { ResourceChange } from '../plan';
import { type PolicyChange, policyChanges } from '../policies';
import { type Grant, describeGrants, isPublic, without } from '../policy';

/** Actions by which one may get other permissions than one has. */
const escalating = /^(\*|iam:(\*|Pass|Put|Attach|Create|Update|Set|Add).*|sts:(\*|AssumeRole).*)$/i;

/** Types whose policies are for whoever uses the resource, and so tell a principal each. */
const trust = new Set(['aws_iam_role']);

function severityOfGain({ action, resource }: Grant, { change, attribute }: PolicyChange): Severity {
  const everything = action === '*' || (action.endsWith(':*') && resource === '*');
  // Whom a role trusts is told by sts:AssumeRole itself.
  if (everything || (escalating.test(action) && !trust.has(change.type))) {
    return 'critical';
  }
  if (attribute === 'assume_role_policy') {
    return change.before === undefined ? 'notice' : 'critical';
  }
  return change.before === undefined ? 'notice' : 'warning';
}

function documents(policy: PolicyChange): Finding[] {
  const { change, before, after } = policy;
  const { address } = change;
  if (before === undefined || after === undefined) {
    const text = 'its policy cannot be read before the apply.';
    return [{ severity: 'warning', topic: 'permissions', address, text }];
  }
  const gains = without(after, before).filter((grant) => !isPublic(grant));
  const losses = change.action === 'destroy' ? before : without(before, after);
  return [
    ...told('gains', gains, address, (grant) =>
      grant.effect === 'Deny' ? 'info' : severityOfGain(grant, policy),
    ),
    ...told('loses', losses, address, ({ effect }) => (effect === 'Deny' ? 'warning' : 'notice')),
  ];
}

function told(
  verb: string,
  grants: readonly Grant[],
  address: string,
  severityOf: (grant: Grant) => Severity,
): Finding[] {
  return severities.flatMap((severity) =>
    describeGrants(grants.filter((grant) => severityOf(grant) === severity)).map((text): Finding => ({
      severity,
      topic: 'permissions',
      address,
      text: `${verb}: ${text}.`,
    })),
  );
}

function attachments({ address, type, action, before, after }: ResourceChange): Finding[] {
  if (type !== 'aws_iam_role_policy_attachment' || action === 'update') {
    return [];
  }
  const find = (severity: Severity, verb: string, arn: unknown): Finding => ({
    severity,
    topic: 'permissions',
    address,
    text: `${verb}: what ${String(arn)} allows.`,
  });
  const isAdministrator = after?.policy_arn === 'arn:aws:iam::aws:policy/AdministratorAccess';
  return [
    ...(after === undefined
      ? []
      : [find(isAdministrator ? 'critical' : 'notice', 'gains', after.policy_arn)]),
    ...(before === undefined ? [] : [find('notice', 'loses', before.policy_arn)]),
  ];
}

/** What identities, and whoever uses a resource, may do from now on, and what no longer. */
export const permissions: Rule = (context) => [
  ...policyChanges(context).flatMap(documents),
  ...context.plan.changes.flatMap(attachments),
];
