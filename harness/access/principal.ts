/** A session of a role: what an instance signs with. */
export interface RoleSession {
  readonly kind: 'role';
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
  readonly arn: string;
  readonly roleName: string;
  readonly userId: string;
}

/** A service of AWS. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** E.g. `s3.amazonaws.com`. */
  readonly name: string;
  /** What it acts on behalf of. @default none: AWS says it of no service that assumes a role of its user */
  readonly sourceArn?: string;
}

/** An account of AWS's own, which is allowed everything by itself: what it may here says the policy of the resource. */
export interface AccountPrincipal {
  readonly kind: 'account';
  readonly accountId: string;
}

/** Those whose rights policies tell: all but the administrator and unknown keys. */
export type JudgedPrincipal = NamedPrincipal | { readonly kind: 'anonymous' };

/** Those that policies name. */
export type NamedPrincipal = RoleSession | ServicePrincipal | AccountPrincipal;

/** As policies name it: an ARN, or the name of a service. */
export function nameOf(principal: NamedPrincipal): string {
  switch (principal.kind) {
    case 'role':
      return principal.arn;
    case 'service':
      return principal.name;
    case 'account':
      return `arn:aws:iam::${principal.accountId}:root`;
  }
}

/** Who makes a call. */
export type Principal = RoleSession | { readonly kind: 'anonymous' } | { readonly kind: 'administrator' };
