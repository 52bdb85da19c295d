import type { Context } from './finding';
import type { Attributes, ResourceChange } from './plan';
import { type Grant, grantsOf } from './policy';

/** Attributes that hold a policy document, by type of resource. */
const policyAttributes: Readonly<Record<string, readonly string[]>> = {
  aws_iam_policy: ['policy'],
  aws_iam_role: ['assume_role_policy'],
  aws_iam_role_policy: ['policy'],
  aws_iam_group_policy: ['policy'],
  aws_iam_user_policy: ['policy'],
  aws_kms_key: ['policy'],
  aws_kms_key_policy: ['policy'],
  aws_s3_bucket_policy: ['policy'],
  aws_sns_topic: ['policy'],
  aws_sns_topic_policy: ['policy'],
  aws_sqs_queue: ['policy'],
  aws_sqs_queue_policy: ['policy'],
  aws_vpc_endpoint: ['policy'],
};

/**
 * Grants with the resource that they stand in called `itself`: a queue that is made anew under another name gains and
 * loses nothing by that. ARNs of what has policies of its own end in its name.
 */
function aboutItself(
  grants: readonly Grant[] | undefined,
  attributes: Attributes | undefined,
): Grant[] | undefined {
  const { arn, name, bucket } = attributes ?? {};
  const own = [name, bucket].filter((value) => typeof value === 'string');
  const isOwn = (resource: string): boolean =>
    resource === arn || (resource.startsWith('arn:') && own.some((value) => resource.endsWith(`:${value}`)));
  return grants?.map((grant) => (isOwn(grant.resource) ? { ...grant, resource: 'itself' } : grant));
}

/** A policy document of a changed resource, before and after; `undefined` where it cannot be read. */
export interface PolicyChange {
  readonly change: ResourceChange;
  readonly attribute: string;
  readonly before: readonly Grant[] | undefined;
  readonly after: readonly Grant[] | undefined;
}

/** Every policy document that the plan changes. */
export function policyChanges(context: Context): PolicyChange[] {
  return context.plan.changes.flatMap((change) =>
    (policyAttributes[change.type] ?? []).flatMap((attribute): PolicyChange[] => {
      const before = change.before === undefined ? [] : grantsOf(change.before[attribute] ?? '');
      const after = grantsAfter(context, change, attribute);
      return after === 'of the service'
        ? []
        : [
            {
              change,
              attribute,
              before: aboutItself(before, change.before),
              after: aboutItself(after, change.after),
            },
          ];
    }),
  );
}

function grantsAfter(
  { plan, synthesized }: Context,
  { type, name, after, unknown }: ResourceChange,
  attribute: string,
): Grant[] | undefined | 'of the service' {
  if (after === undefined || !unknown.has(attribute)) {
    return grantsOf(after?.[attribute] ?? '');
  }
  const text = synthesized.text(type, name, attribute, plan);
  // What is computed though the configuration does not say it is the service's own default.
  return text === undefined && synthesized.has(type, name) ? 'of the service' : grantsOf(text);
}
