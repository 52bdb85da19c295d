import type { PolicyStatement } from './policy-document';

/**
 * Whoever can be given permissions: the role of a fleet. The `grant…` methods of buckets and queues hand it the statements,
 * so that each action stands beside the resource that it is for.
 */
export interface Grantee {
  /** @throws ValidationError when another statement has the same Sid. */
  grant(...statements: readonly PolicyStatement[]): void;
}
