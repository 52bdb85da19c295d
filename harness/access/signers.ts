import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

import { administrator } from '../support/account';
import type { Principal } from './principal';

/** Who signs with an access key, and what with. */
export interface Signer {
  readonly principal: Exclude<Principal, { readonly kind: 'anonymous' }>;
  readonly secretAccessKey: string;
  /** What each call of a session carries beside its signature. */
  readonly sessionToken?: string;
  /** @default never */
  readonly expiration?: Date;
}

const given = z.object({
  Credentials: z.object({
    AccessKeyId: z.string(),
    SecretAccessKey: z.string(),
    SessionToken: z.string(),
    Expiration: z.coerce.date(),
  }),
  AssumedRoleUser: z.object({ Arn: z.string(), AssumedRoleId: z.string() }),
});

const parser = new XMLParser({ parseTagValue: false });

/** The access keys that somebody has: the administrator's, and those that STS gives to sessions of roles. */
export class Signers {
  private readonly signers = new Map<string, Signer>([
    [
      administrator.accessKeyId,
      { principal: { kind: 'administrator' }, secretAccessKey: administrator.secretAccessKey },
    ],
  ]);

  /** `undefined` for a key that nobody was given. */
  of(accessKeyId: string): Signer | undefined {
    return this.signers.get(accessKeyId);
  }

  /**
   * Takes the credentials out of what STS answered to AssumeRole, if they are in it.
   * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
   */
  learn(answer: string): void {
    const { AssumeRoleResponse: response } = parser.parse(answer) as {
      AssumeRoleResponse?: { AssumeRoleResult?: unknown };
    };
    const { success, data } = given.safeParse(response?.AssumeRoleResult);
    if (!success) {
      return;
    }
    const { Credentials, AssumedRoleUser } = data;
    this.signers.set(Credentials.AccessKeyId, {
      principal: {
        kind: 'role',
        arn: AssumedRoleUser.Arn,
        roleName: /:assumed-role\/([^/]+)\//.exec(AssumedRoleUser.Arn)?.[1] ?? '',
        userId: AssumedRoleUser.AssumedRoleId,
      },
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
      expiration: Credentials.Expiration,
    });
  }
}
