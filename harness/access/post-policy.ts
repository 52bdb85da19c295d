import { z } from 'zod';

const policyDocument = z.object({
  conditions: z.array(z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())])),
});

/** Fields that a policy need not speak of. */
const free = /^(x-amz-signature|file|policy|x-ignore-.*)$/;

/**
 * The fields of a browser's form that no condition of its policy allows: S3 refuses them.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 *
 * @param policy as it is in the form: JSON in Base64.
 * @param form its fields by their names in lower case.
 */
export function extraFields(policy: string, form: ReadonlyMap<string, string>): string[] {
  const allowed = new Set(conditionsOf(policy).flatMap(fieldsOf));
  return [...form.keys()].filter((name) => !free.test(name) && !allowed.has(name));
}

type Condition = z.infer<typeof policyDocument>['conditions'][number];

/** `{ "acl": "private" }` is about `acl`, and so is `["eq", "$acl", "private"]`. */
function fieldsOf(condition: Condition): string[] {
  const names = Array.isArray(condition) ? [String(condition[1]).replace(/^\$/, '')] : Object.keys(condition);
  return names.map((name) => name.toLowerCase());
}

function conditionsOf(policy: string): readonly Condition[] {
  try {
    return policyDocument.parse(JSON.parse(Buffer.from(policy, 'base64').toString('utf8'))).conditions;
  } catch {
    return [];
  }
}
