import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';

import { accountId } from '../support/account';
import type { Cache } from './cache';
import { type NamedPolicy, readPolicy } from './policy';

/** What IAM holds of a role. */
export interface RolePolicies {
  readonly arn: string;
  /** Its inline policies. */
  readonly inline: readonly NamedPolicy[];
  /** Its attached managed policies, AWS's own included: LocalStack carries their documents. */
  readonly attached: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | undefined;
  /** Who may assume it. */
  readonly trust: NamedPolicy;
}

/** The name of a role in its ARN, where a path may come before it. */
export function roleNameOf(roleArn: string): string {
  return roleArn.split('/').at(-1) ?? '';
}

/** Reads the policies of a role from IAM, once until something changes. */
export async function rolePolicies(iam: IAMClient, cache: Cache, roleName: string): Promise<RolePolicies> {
  return cache.get(`role ${roleName}`, async () => {
    if (/^AWSServiceRoleForAutoScaling(_|$)/.test(roleName)) {
      return autoScalingRole(iam, roleName);
    }
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: roleName }));
    const boundary = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
    return {
      arn: Role?.Arn ?? '',
      inline: await inline(iam, roleName),
      attached: await attached(iam, roleName),
      boundary: boundary === undefined ? undefined : await managed(iam, boundary),
      trust: readPolicy(
        'trust',
        `trust of ${roleName}`,
        decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''),
      ),
    };
  });
}

/**
 * The service-linked role, which AWS makes with an account's first group and LocalStack does not.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html
 */
async function autoScalingRole(iam: IAMClient, roleName: string): Promise<RolePolicies> {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'autoscaling.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  return {
    arn: `arn:aws:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/${roleName}`,
    inline: [],
    attached: [await managed(iam, 'arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy')],
    boundary: undefined,
    trust: readPolicy('trust', `trust of ${roleName}`, JSON.stringify(trust)),
  };
}

async function inline(iam: IAMClient, RoleName: string): Promise<NamedPolicy[]> {
  const policies: NamedPolicy[] = [];
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client: iam }, { RoleName })) {
    for (const PolicyName of PolicyNames) {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      policies.push(readPolicy('identity', PolicyName, decodeURIComponent(PolicyDocument)));
    }
  }
  return policies;
}

async function attached(iam: IAMClient, RoleName: string): Promise<NamedPolicy[]> {
  const policies: NamedPolicy[] = [];
  for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies(
    { client: iam },
    { RoleName },
  )) {
    for (const { PolicyArn = '' } of AttachedPolicies) {
      policies.push(await managed(iam, PolicyArn));
    }
  }
  return policies;
}

async function managed(iam: IAMClient, PolicyArn: string): Promise<NamedPolicy> {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const { PolicyVersion } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
  );
  return readPolicy(
    'identity',
    Policy?.PolicyName ?? PolicyArn,
    decodeURIComponent(PolicyVersion?.Document ?? ''),
  );
}
