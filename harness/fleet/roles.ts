import { GetInstanceProfileCommand, type IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';

import type { InstanceRole, RoleCredentials } from './metadata/tree';
import type { Rights } from './rights';

/** EC2 gives new credentials at least five minutes before the old ones expire. */
const renewBeforeMs = 5 * 60_000;

interface Role {
  readonly name: string;
  readonly arn: string;
}

/** The roles of instance profiles, with credentials for the instances that have them. */
export class Roles {
  private readonly roles = new Map<string, Promise<Role | undefined>>();
  /** By role and instance: each instance has a session of its own, named by its id. */
  private readonly credentials = new Map<string, RoleCredentials>();

  constructor(
    private readonly iam: IAMClient,
    private readonly sts: STSClient,
    private readonly rights: Rights,
  ) {}

  /** The role that an instance has by its profile; `undefined` where there is no profile, or no role in it. */
  async ofProfile(profileArn: string | undefined, instanceId: string): Promise<InstanceRole | undefined> {
    if (profileArn === undefined) {
      return undefined;
    }
    let role = this.roles.get(profileArn);
    if (role === undefined) {
      role = this.look(profileArn);
      role.catch(() => this.roles.delete(profileArn));
      this.roles.set(profileArn, role);
    }
    const found = await role;
    return found === undefined
      ? undefined
      : {
          name: found.name,
          instanceProfileArn: profileArn,
          credentials: () => this.current(found.arn, instanceId),
        };
  }

  private async look(profileArn: string): Promise<Role | undefined> {
    const InstanceProfileName = profileArn.split('/').at(-1);
    const { InstanceProfile } = await this.iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
    const role = InstanceProfile?.Roles?.[0];
    return role?.RoleName === undefined || role.Arn === undefined
      ? undefined
      : { name: role.RoleName, arn: role.Arn };
  }

  /** `undefined` while EC2 may not assume the role. */
  private async current(roleArn: string, instanceId: string): Promise<RoleCredentials | undefined> {
    const session = `${roleArn} ${instanceId}`;
    const known = this.credentials.get(session);
    if (known !== undefined && known.expiration.getTime() - Date.now() > renewBeforeMs) {
      return known;
    }
    if (!(await this.rights.mayAssume('ec2.amazonaws.com', roleArn))) {
      return undefined;
    }
    const { Credentials } = await this.sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: instanceId }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (
      AccessKeyId === undefined ||
      SecretAccessKey === undefined ||
      SessionToken === undefined ||
      Expiration === undefined
    ) {
      throw new Error(`STS gave no credentials for ${roleArn}.`);
    }
    const fresh = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
    this.credentials.set(session, fresh);
    return fresh;
  }
}
