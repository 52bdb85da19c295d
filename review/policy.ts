import { z } from 'zod';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const principalSchema = z.union([
  z.string().transform((name) => [name]),
  z
    .record(z.string(), oneOrMore)
    .transform((byKind) =>
      Object.entries(byKind).flatMap(([kind, names]) =>
        names.map((name) => (kind === 'AWS' || kind === 'Service' ? name : `${kind} ${name}`)),
      ),
    ),
]);

const statementSchema = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principalSchema.optional(),
  NotPrincipal: principalSchema.optional(),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).optional(),
});

const documentSchema = z.object({
  Statement: z.union([statementSchema, z.array(statementSchema)]).transform((value) => [value].flat()),
});

/** One thing that a policy allows or denies: one action of one principal on one resource. */
export interface Grant {
  readonly effect: 'Allow' | 'Deny';
  /** `*` for everyone; `undefined` in the policy of an identity, which is for that identity. */
  readonly principal: string | undefined;
  readonly action: string;
  readonly resource: string;
  readonly condition: string;
}

/**
 * The grants of a policy document; `undefined` for a text that is none, as one that Terraform makes by a function.
 * Source: «Grammar of the IAM JSON policy language», IAM user guide.
 */
export function grantsOf(policy: unknown): Grant[] | undefined {
  if (typeof policy !== 'string') {
    return undefined;
  }
  if (policy === '') {
    return [];
  }
  let raw: unknown;
  try {
    raw = JSON.parse(policy);
  } catch {
    return undefined;
  }
  const parsed = documentSchema.safeParse(raw);
  return parsed.success ? parsed.data.Statement.flatMap(statementGrants) : undefined;
}

const everythingBut = 'everything but ';
const allBut = (names: readonly string[]): string[] => [`${everythingBut}${names.join(', ')}`];

function statementGrants(statement: z.infer<typeof statementSchema>): Grant[] {
  const { Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  const principals = Principal ?? (NotPrincipal === undefined ? [undefined] : allBut(NotPrincipal));
  const actions = Action ?? allBut(NotAction ?? []);
  const resources = Resource ?? (NotResource === undefined ? [''] : allBut(NotResource));
  const condition = Condition === undefined ? '' : JSON.stringify(Condition);
  return principals.flatMap((principal) =>
    actions.flatMap((action) =>
      resources.map((resource) => ({ effect: Effect, principal, action, resource, condition })),
    ),
  );
}

function matches(pattern: string, text: string, flags = ''): boolean {
  const source = pattern
    .replaceAll(/[\\^$+.()|{}[\]]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags).test(text);
}

/** Whether one grant says all that another says: the same, or by a wider pattern or without its condition. */
function covers(wide: Grant, narrow: Grant): boolean {
  return (
    wide.effect === narrow.effect &&
    (wide.principal === narrow.principal || wide.principal === '*') &&
    matches(wide.action, narrow.action, 'i') &&
    matches(wide.resource, narrow.resource) &&
    (wide.condition === narrow.condition || wide.condition === '')
  );
}

/** The grants of the first that nothing in the second covers. */
export function without(grants: readonly Grant[], others: readonly Grant[]): Grant[] {
  return grants.filter((grant) => !others.some((other) => covers(other, grant)));
}

/** Conditions on these name who may: with one of them, even everyone is somebody. */
const narrowing =
  /^aws:(SourceArn|SourceAccount|SourceOrgID|PrincipalArn|PrincipalAccount|PrincipalOrgID|PrincipalOrgPaths|SourceVpc|SourceVpce|SourceIp|userid)$/i;

/** Operators that a request must match by a value; `IfExists` and `ForAllValues` let those without any through. */
const matching =
  /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/i;

/** Values that everyone matches. */
const anyone = /^\*$|\/0$|^arn:\*+(:\*+)*$/;

const conditionSchema = z.record(z.string(), z.record(z.string(), oneOrMore));

function narrows(condition: string): boolean {
  const tests = condition === '' ? {} : conditionSchema.parse(JSON.parse(condition));
  return Object.entries(tests).some(
    ([operator, keys]) =>
      matching.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) => narrowing.test(key) && !values.some((value) => anyone.test(value)),
      ),
  );
}

/** Whether a grant is for everyone on the internet. Source: «The meaning of "public"», Amazon S3 user guide. */
export function isPublic({ effect, principal, condition }: Grant): boolean {
  const isEveryone = principal === '*' || principal?.startsWith(everythingBut) === true;
  return effect === 'Allow' && isEveryone && !narrows(condition);
}

/** A reference that is not known yet, as what it refers to: `${aws_sqs_queue.tasks.arn}` is `aws_sqs_queue.tasks`. */
const readable = (text: string): string => text.replaceAll(/\$\{([^}]+)\.(?:arn|id)\}/g, '$1');

/** Grants in one line each, those together that differ only in the action. */
export function describeGrants(grants: readonly Grant[]): string[] {
  const actions = new Map<string, string[]>();
  for (const { effect, principal, action, resource, condition } of grants) {
    const who = principal === undefined ? '' : principal === '*' ? 'everyone ' : `${principal} `;
    const where = `${resource === '' ? '' : ` on ${resource}`}${condition === '' ? '' : ` where ${condition}`}`;
    const line = `${who}${effect === 'Allow' ? 'may' : 'may not'} \0${where}`;
    actions.set(line, [...(actions.get(line) ?? []), action]);
  }
  return [...actions].map(([line, names]) => readable(line.replace('\0', () => names.join(', '))));
}
