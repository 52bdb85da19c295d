import {
  type ValidatedPolicy,
  type ValidationError,
  createValidatedPolicy,
  validateIdentityPolicy,
  validateResourcePolicy,
  validateTrustPolicy,
} from '@cloud-copilot/iam-policy';

/** A policy document that was checked once, with its name. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: ValidatedPolicy<{ name: string }>;
}

const checks = {
  identity: validateIdentityPolicy,
  resource: validateResourcePolicy,
  trust: validateTrustPolicy,
} as const;

/**
 * Reads a policy document.
 *
 * @param name what it is called in messages.
 * @throws Error for a document that AWS would not have taken, with what is wrong in it; LocalStack takes any.
 */
export function readPolicy(kind: keyof typeof checks, name: string, document: string): NamedPolicy {
  const policy = createValidatedPolicy<{ name: string }>(JSON.parse(document) as unknown, checks[kind], {
    name,
  });
  if (policy.errors.length > 0) {
    const problems = policy.errors.map(({ path, message }: ValidationError) => `${path}: ${message}`);
    throw new Error(`AWS would refuse the policy ${name}: ${problems.join('; ')}`);
  }
  return { name, policy };
}
