import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

import { administrator } from '../support/account';
import type { Where } from './clients';

/** A session of a role: what an instance signs with. */
export interface RoleSession {
  readonly kind: 'role';
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
  readonly arn: string;
  readonly roleName: string;
  readonly userId: string;
}

/** A service of AWS that acts on behalf of a resource. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** E.g. `s3.amazonaws.com`. */
  readonly name: string;
  readonly sourceArn: string;
}

/** Who makes a call; `unknown` signs with a key that nobody gave out. */
export type Principal =
  | RoleSession
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'administrator' }
  | { readonly kind: 'unknown' };

/** Tells by the access key who signed. STS knows the keys of sessions, whoever assumed the role. */
export class Principals {
  private readonly known = new Map<string, Promise<Principal>>();

  constructor(private readonly where: Where) {}

  async of(accessKeyId: string | undefined): Promise<Principal> {
    if (accessKeyId === undefined) {
      return { kind: 'anonymous' };
    }
    if (accessKeyId === administrator.accessKeyId) {
      return { kind: 'administrator' };
    }
    let principal = this.known.get(accessKeyId);
    if (principal === undefined) {
      principal = this.ask(accessKeyId);
      principal.catch(() => this.known.delete(accessKeyId));
      this.known.set(accessKeyId, principal);
    }
    return principal;
  }

  /** LocalStack looks at the key alone, and answers for a key that it does not know as for the account's root. */
  private async ask(accessKeyId: string): Promise<Principal> {
    const sts = new STSClient({ ...this.where, credentials: { accessKeyId, secretAccessKey: 'unknown' } });
    try {
      const { Arn: arn = '', UserId: userId = '' } = await sts.send(new GetCallerIdentityCommand({}));
      const roleName = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
      return roleName === undefined ? { kind: 'unknown' } : { kind: 'role', arn, roleName, userId };
    } finally {
      sts.destroy();
    }
  }
}
