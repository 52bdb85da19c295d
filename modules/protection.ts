/** Terraform's `lifecycle` of a resource that holds data: with `preventDestroy` every plan that would destroy it fails. */
export function protection(preventDestroy: boolean): {
  readonly lifecycle?: { readonly preventDestroy: true };
} {
  return preventDestroy ? { lifecycle: { preventDestroy } } : {};
}
