import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';

import type { Grantee } from '../grantee';
import { type PolicyStatement, assumedBy, policyDocument } from '../policy-document';
import { refuse } from '../validation';

/** Settings of an {@link InstanceRole}. */
export interface InstanceRoleProps {
  /** Name of the role, of its policy and of its instance profile. */
  readonly roleName: string;
}

/** The role of a fleet's instances: Session Manager in place of SSH, and what it is granted, and no more. */
export class InstanceRole extends Construct implements Grantee {
  readonly instanceProfileArn: string;
  /** The provider's resources, for `addOverride`. `policy` must exist before an instance may do its work. */
  readonly resources: {
    readonly role: IamRole;
    readonly policy: IamRolePolicy;
    readonly sessionManager: IamRolePolicyAttachment;
    readonly instanceProfile: IamInstanceProfile;
  };

  private readonly statements = new Map<string, PolicyStatement>();

  constructor(scope: Construct, id: string, { roleName }: InstanceRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name: roleName,
      assumeRolePolicy: assumedBy('ec2.amazonaws.com'),
    });
    const policy = new IamRolePolicy(this, 'policy', {
      name: roleName,
      role: role.id,
      policy: Lazy.stringValue({ produce: () => policyDocument(...this.statements.values()) }),
    });
    const sessionManager = new IamRolePolicyAttachment(this, 'session-manager', {
      role: role.name,
      policyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
    });
    const instanceProfile = new IamInstanceProfile(this, 'profile', { name: roleName, role: role.name });
    this.instanceProfileArn = instanceProfile.arn;
    this.resources = { role, policy, sessionManager, instanceProfile };
  }

  /**
   * Adds statements to the role's policy; one that is there already is not added twice.
   *
   * @throws ValidationError when another statement has the same Sid.
   */
  grant(...statements: readonly PolicyStatement[]): void {
    for (const statement of statements) {
      const known = this.statements.get(statement.Sid);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(statement)) {
        refuse([
          { field: 'Sid', given: statement.Sid, allowed: 'the role has another statement of this name.' },
        ]);
      }
      this.statements.set(statement.Sid, statement);
    }
  }
}
