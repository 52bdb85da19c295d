import type { Problem } from './validation';

/** Terraform's `lifecycle` of a resource that holds data: with `preventDestroy` every plan that would destroy it fails. */
export function protection(preventDestroy: boolean): {
  readonly lifecycle?: { readonly preventDestroy: true };
} {
  return preventDestroy ? { lifecycle: { preventDestroy } } : {};
}

/** What can be deleted with all that is in it, and what must not be, are two things. */
export function protectionProblems({
  forceDestroy = false,
  preventDestroy = false,
}: {
  readonly forceDestroy?: boolean | undefined;
  readonly preventDestroy?: boolean | undefined;
}): Problem[] {
  const allowed = 'preventDestroy is on, which forbids what this allows; turn one of them off.';
  return forceDestroy && preventDestroy ? [{ field: 'forceDestroy', given: forceDestroy, allowed }] : [];
}
