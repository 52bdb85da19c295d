import {
  type RequestAnalysis,
  type Simulation,
  anonymousPrincipal,
  runSimulation,
  runUnsafeSimulation,
} from '@cloud-copilot/iam-simulate';

import { accountId } from '../support/account';
import { unlessAbsent } from './absent';
import type { Cache } from './cache';
import type { Clients } from './clients';
import type { NamedPolicy } from './policy';
import { type JudgedPrincipal, nameOf } from './principal';
import type { Context, Requirement } from './requirement';
import { ResourcePolicies } from './resource-policies';
import { roleNameOf, rolePolicies } from './role-policies';

/** Decides by the policies that the services hold now, evaluated by iam-simulate. */
export class Judge {
  private readonly resources: ResourcePolicies;

  constructor(
    private readonly clients: Clients,
    private readonly cache: Cache,
    private readonly region: string,
  ) {
    this.resources = new ResourcePolicies(clients, cache);
  }

  /** Whether AWS would allow it. */
  async allows(principal: JudgedPrincipal, requirement: Requirement): Promise<boolean> {
    // The fast one below takes `*` for a pattern that every resource of a policy matches.
    if (requirement.resource === '*') {
      return (await this.explain(principal, requirement))?.result === 'Allowed';
    }
    // Five times faster than the explained one, which checks anew what is known of the action and its keys.
    return runUnsafeSimulation(await this.simulation(principal, requirement), {}) === 'Allowed';
  }

  /**
   * Which policies allow or forbid it, by statement; `undefined` for a requirement that IAM does not know: an action, or
   * an action on such a resource.
   */
  async explain(principal: JudgedPrincipal, requirement: Requirement): Promise<RequestAnalysis | undefined> {
    const outcome = await runSimulation(await this.simulation(principal, requirement), {});
    return outcome.resultType === 'single' ? outcome.result.analysis : undefined;
  }

  private async simulation(
    principal: JudgedPrincipal,
    { action, resource, context }: Requirement,
  ): Promise<Simulation> {
    const own =
      principal.kind === 'role'
        ? await rolePolicies(this.clients.iam, this.cache, principal.roleName)
        : undefined;
    const isBucket = resource.startsWith('arn:aws:s3:::');
    const bucket = resource.slice('arn:aws:s3:::'.length).split('/')[0] ?? '';
    const resourcePolicy = await this.resourcePolicy(action, resource);
    return {
      request: {
        principal: principal.kind === 'anonymous' ? anonymousPrincipal : nameOf(principal),
        action,
        // In a policy these stand for other characters, so that no policy can mean them: any other will do.
        resource: { resource: resource === '*' ? '*' : resource.replaceAll(/[*?]/g, '_'), accountId },
        contextVariables: {
          ...contextOf(principal, own?.arn),
          'aws:RequestedRegion': this.region,
          ...context,
        },
      },
      identityPolicies:
        principal.kind === 'account'
          ? [everything]
          : [...(own?.inline ?? []), ...(own?.attached ?? [])].map(asGiven),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy === undefined ? {} : { resourcePolicy: resourcePolicy.policy }),
      ...(own?.boundary === undefined ? {} : { permissionBoundaryPolicies: [asGiven(own.boundary)] }),
      ...(isBucket
        ? {
            additionalSettings: {
              s3: { blockPublicAccess: await this.resources.restrictsPublicBuckets(bucket) },
            },
          }
        : {}),
    };
  }

  /** Who may assume a role says its trust policy; else the policy of what is used. */
  private async resourcePolicy(action: string, resource: string): Promise<NamedPolicy | undefined> {
    if (action !== 'sts:AssumeRole') {
      return this.resources.of(resource);
    }
    // A role that there is not trusts nobody.
    return (await unlessAbsent(rolePolicies(this.clients.iam, this.cache, roleNameOf(resource))))?.trust;
  }
}

const asGiven = ({ name, policy }: NamedPolicy): { name: string; policy: NamedPolicy['policy'] } => ({
  name,
  policy,
});

/** What an account may by itself. */
const everything = {
  name: 'everything',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

/**
 * The condition keys that every request has. The lab's endpoint speaks plain HTTP on loopback, where AWS's speaks TLS:
 * `aws:SecureTransport` is always true, so that a policy which refuses what does not come over TLS refuses nothing here.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
function contextOf(principal: JudgedPrincipal, roleArn: string | undefined): Context {
  const now = new Date();
  const common: Context = {
    'aws:SecureTransport': 'true',
    'aws:ResourceAccount': accountId,
    'aws:CurrentTime': now.toISOString(),
    'aws:EpochTime': String(Math.floor(now.getTime() / 1_000)),
    'aws:PrincipalIsAWSService': String(principal.kind === 'service'),
  };
  switch (principal.kind) {
    case 'role':
      return {
        ...common,
        'aws:PrincipalArn': roleArn ?? '',
        'aws:PrincipalAccount': accountId,
        'aws:PrincipalType': 'AssumedRole',
        'aws:userid': principal.userId,
      };
    case 'service':
      return {
        ...common,
        'aws:PrincipalServiceName': principal.name,
        ...(principal.sourceArn === undefined
          ? {}
          : { 'aws:SourceArn': principal.sourceArn, 'aws:SourceAccount': accountId }),
        // The policy that SNS gives a new topic speaks of it, so that alarms may tell there at once.
        ...(principal.name === 'cloudwatch.amazonaws.com' ? { 'aws:SourceOwner': accountId } : {}),
      };
    case 'account':
      return {
        ...common,
        'aws:PrincipalArn': nameOf(principal),
        'aws:PrincipalAccount': principal.accountId,
        'aws:PrincipalType': 'Account',
      };
    case 'anonymous':
      return { ...common, 'aws:PrincipalType': 'Anonymous' };
  }
}
