import type { IncomingMessage } from 'node:http';

import type { Call } from '../edge/call';
import type { Answer } from '../edge/guard';
import { type ClaimFault, disproved, refused } from './denial';
import { extraFields } from './post-policy';
import { isExpired, isSkewed } from './presigned';
import type { Principal } from './principal';
import { isDeclared, isMac, isSignedWith, unsignedHeaders } from './signature';
import type { Signers } from './signers';

/** Who makes a call, or the answer to a call that only claims to be somebody's. */
export type Caller = { readonly principal: Principal } | { readonly answer: Answer };

/** Whose call it is by its SigV4 signature; LocalStack looks at the access key alone. */
export async function callerOf(
  signers: Signers,
  call: Call,
  request: IncomingMessage,
  body: Buffer | undefined,
): Promise<Caller> {
  const { accessKeyId, service } = call;
  if (accessKeyId === undefined) {
    return { principal: { kind: 'anonymous' } };
  }
  const query = new URLSearchParams(call.path.split('?')[1]);
  const isS3 = service === 's3';
  if (isS3 && isExpired(query, new Date())) {
    return { answer: refused(call, 403, 'AccessDenied', 'Request has expired') };
  }
  if (isSkewed(request.headersDistinct['x-amz-date']?.[0], new Date())) {
    return { answer: disproved(call, 'skewed') };
  }
  const outcome = await prove(signers, {
    accessKeyId,
    sessionToken: request.headersDistinct['x-amz-security-token']?.[0] ?? query.get('X-Amz-Security-Token'),
    isSignedWith: (secret) => isSignedWith(secret, request, body),
  });
  if (typeof outcome === 'string') {
    return { answer: disproved(call, outcome) };
  }
  if (isS3 && unsignedHeaders(request).length > 0) {
    const message = 'There were headers present in the request which were not signed';
    return { answer: refused(call, 403, 'AccessDenied', message) };
  }
  if (isS3 && body !== undefined && !(await isDeclared(body, request))) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    return { answer: refused(call, 400, 'XAmzContentSHA256Mismatch', message) };
  }
  return { principal: outcome };
}

/**
 * Whose form it is that a browser posts: of who signed the policy in it. What the policy demands is LocalStack's to see
 * to, but for fields that it does not speak of.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 *
 * @param form its fields by their names in lower case.
 */
export async function senderOf(
  signers: Signers,
  call: Call,
  form: ReadonlyMap<string, string>,
): Promise<Caller> {
  const credential = form.get('x-amz-credential');
  if (credential === undefined) {
    return { principal: { kind: 'anonymous' } };
  }
  const accessKeyId = credential.split('/')[0] ?? '';
  const policy = form.get('policy') ?? '';
  const outcome = await prove(signers, {
    accessKeyId,
    sessionToken: form.get('x-amz-security-token') ?? null,
    isSignedWith: (secret) => isMac(secret, credential, policy, form.get('x-amz-signature') ?? ''),
  });
  if (typeof outcome === 'string') {
    return { answer: disproved(call, outcome) };
  }
  const extra = extraFields(policy, form);
  if (extra.length > 0) {
    const message = `Invalid according to Policy: Extra input fields: ${extra.join(', ')}`;
    return { answer: refused(call, 403, 'AccessDenied', message) };
  }
  return { principal: outcome };
}

/** What a request claims, and how it proves that. */
interface Claim {
  readonly accessKeyId: string;
  readonly sessionToken: string | null;
  readonly isSignedWith: (secret: string) => Promise<boolean>;
}

async function prove(
  signers: Signers,
  { accessKeyId, sessionToken, isSignedWith: isSigned }: Claim,
): Promise<Principal | ClaimFault> {
  const signer = signers.of(accessKeyId);
  // AWS does not know the key of a session by itself.
  if (signer === undefined || (signer.sessionToken !== undefined && sessionToken === null)) {
    return 'unknownKey';
  }
  if (signer.sessionToken !== undefined && sessionToken !== signer.sessionToken) {
    return 'wrongToken';
  }
  if (signer.expiration !== undefined && signer.expiration <= new Date()) {
    return 'expired';
  }
  return (await isSigned(signer.secretAccessKey)) ? signer.principal : 'wrongSignature';
}
