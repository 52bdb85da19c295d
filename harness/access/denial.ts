import { type RequestAnalysis, getDenialReasons } from '@cloud-copilot/iam-simulate';

import type { Call } from '../edge/call';
import { errorBody } from '../edge/error-answer';
import type { Answer } from '../edge/guard';
import { type JudgedPrincipal, type NamedPrincipal, nameOf } from './principal';
import type { Requirement } from './requirement';

/** A call that was refused, and why. */
export interface Denial {
  /** ARN of the session, or who else called. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** AWS's message. */
  readonly message: string;
}

/**
 * Says as AWS does who may not do what, and which kind of policy is to blame.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function denialOf(
  principal: JudgedPrincipal,
  { action, resource }: Requirement,
  analysis: RequestAnalysis | undefined,
): Denial {
  if (principal.kind === 'anonymous') {
    return { principal: principal.kind, action, resource, message: 'Access Denied' };
  }
  const why =
    analysis === undefined
      ? 'because IAM does not know this action on such a resource'
      : reason(principal, action, analysis);
  const message = `${subjectOf(principal)} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
  return { principal: nameOf(principal), action, resource, message };
}

/** AWS says it of roles, and in the history of alarms. */
function subjectOf(principal: NamedPrincipal): string {
  if (principal.kind !== 'service') {
    return `User: ${nameOf(principal)}`;
  }
  return principal.sourceArn === undefined
    ? `Service: ${principal.name}`
    : `Resource: ${principal.sourceArn}`;
}

const policyKinds: Readonly<Record<string, string>> = {
  identity: 'identity-based policy',
  resource: 'resource-based policy',
  pb: 'permissions boundary',
};

function reason({ kind: who }: NamedPrincipal, action: string, analysis: RequestAnalysis): string {
  const denials = getDenialReasons(analysis);
  const explicit = denials.find(({ denialType }) => denialType === 'Explicit');
  if (explicit !== undefined) {
    const kind = policyKinds[explicit.policyType] ?? explicit.policyType;
    return `with an explicit deny in ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
  }
  const types = denials.map(({ policyType }) => policyType);
  // A service has no policies of its own; and a key that does not leave its use to IAM must allow it by its own policy.
  const blamed =
    who === 'service'
      ? 'resource'
      : ['pb', 'identity', 'resource'].find((type) => types.some((one) => one === type));
  return `because no ${policyKinds[blamed ?? 'identity'] ?? ''} allows the ${action} action`;
}

/** What services say of a key that their caller may not use, where that is an error of its own. */
const keyErrors: Readonly<Record<string, { readonly shape: string; readonly code: string }>> = {
  sqs: { shape: 'KmsAccessDenied', code: 'KMS.AccessDeniedException' },
  sns: { shape: 'KMSAccessDeniedException', code: 'KMSAccessDenied' },
};

/**
 * Words an error of access as the called service does: EC2 says `UnauthorizedOperation`, SNS `AuthorizationError`,
 * JSON protocols `AccessDeniedException` with status 400, all others `AccessDenied`; SQS and SNS have an error of their own
 * for keys, S3 has not.
 * Sources: the lists of common errors in each service's API reference, and the services' models.
 */
export function denied(call: Call, { action, message }: Pick<Denial, 'action' | 'message'>): Answer {
  const keyError = action.startsWith('kms:') ? keyErrors[call.service] : undefined;
  if (call.headers['x-amz-target'] !== undefined) {
    const answer = refused(call, 400, keyError?.shape ?? 'AccessDeniedException', message);
    // SDKs of services that have left the query protocol read the old code from here.
    const code = keyError?.code ?? 'AccessDenied';
    return { ...answer, headers: { ...answer.headers, 'x-amzn-query-error': `${code};Sender` } };
  }
  if (keyError !== undefined) {
    return refused(call, 400, keyError.code, message);
  }
  switch (call.service) {
    case 'ec2':
      return refused(
        call,
        403,
        'UnauthorizedOperation',
        `You are not authorized to perform this operation. ${message}`,
      );
    case 'sns':
      return refused(call, 403, 'AuthorizationError', message);
    default:
      return refused(call, 403, 'AccessDenied', message);
  }
}

/** An error in the protocol of the call. */
export function refused(call: Call, status: number, code: string, message: string): Answer {
  const { contentType, content } = errorBody(call, code, message, 'Sender');
  return { status, headers: { 'content-type': contentType }, content: call.method === 'HEAD' ? '' : content };
}

/** Why a call is not taken for that of whom it names. */
export type ClaimFault = 'unknownKey' | 'wrongToken' | 'expired' | 'skewed' | 'wrongSignature';

type Words = readonly [status: number, code: string, message: string];

const mismatch = 'The request signature we calculated does not match the signature you provided.';
const unknownKey =
  "The AWS Access Key Id you provided does not exist in our records. The lab's administrator is «test»; roles have the keys that STS gives.";

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
const s3Words: Readonly<Record<ClaimFault, Words>> = {
  unknownKey: [403, 'InvalidAccessKeyId', unknownKey],
  wrongToken: [400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.'],
  expired: [400, 'ExpiredToken', 'The provided token has expired.'],
  skewed: [
    403,
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
  ],
  wrongSignature: [403, 'SignatureDoesNotMatch', `${mismatch} Check your key and signing method.`],
};

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, and the same page of other services */
const otherWords: Readonly<Record<ClaimFault, Words>> = {
  unknownKey: [403, 'InvalidClientTokenId', unknownKey],
  wrongToken: [403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'],
  expired: [403, 'ExpiredToken', 'The security token included in the request is expired'],
  skewed: [
    403,
    'SignatureDoesNotMatch',
    'Signature expired: the date of the request is more than 15 minutes away from the current one.',
  ],
  wrongSignature: [
    403,
    'SignatureDoesNotMatch',
    `${mismatch} Check your AWS Secret Access Key and signing method. Consult the service documentation for details.`,
  ],
};

/** Refuses a call that does not prove what it claims, in the words of its service. */
export function disproved(call: Call, fault: ClaimFault): Answer {
  return refused(call, ...(call.service === 's3' ? s3Words : otherWords)[fault]);
}
