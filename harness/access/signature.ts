import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { toHex, toUint8Array } from '@smithy/core/serde';
import {
  ALGORITHM_IDENTIFIER,
  SHA256_HEADER,
  SignatureV4Base,
  UNSIGNED_PAYLOAD,
  getCanonicalHeaders,
  getSigningKey,
} from '@smithy/signature-v4';

import { decoded } from './s3-operation';

/** A request as its client sent it: nothing of it may be rewritten before its signature is looked at. */
export type SignedRequest = Pick<IncomingMessage, 'method' | 'url' | 'headersDistinct'>;

/** What a request says of its SigV4 signature. */
interface Signature {
  /** `AKID/20261124/us-east-2/s3/aws4_request` */
  readonly credential: string;
  /** `20261124T103000Z` */
  readonly date: string;
  /** Names in lower case. */
  readonly signedHeaders: readonly string[];
  /** In hexadecimal digits. */
  readonly value: string;
}

/**
 * Whether a request is signed with a secret, by its Authorization header or, as a presigned URL, by its query.
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 *
 * @param body what was sent. S3 signs the hash that a header names, so that bodies can stream: they are not looked at.
 */
export async function isSignedWith(
  secret: string,
  request: SignedRequest,
  body: Buffer | undefined,
): Promise<boolean> {
  const signature = readSignature(request);
  return isMac(secret, signature.credential, await stringToSign(signature, request, body), signature.value);
}

/**
 * Whether a text is signed with a secret for a day, a region and a service.
 *
 * @param credential `AKID/20261124/us-east-2/s3/aws4_request`
 * @param value the signature in hexadecimal digits.
 */
export async function isMac(
  secret: string,
  credential: string,
  text: string,
  value: string,
): Promise<boolean> {
  const [accessKeyId = '', day = '', region = '', service = ''] = credential.split('/');
  const identity = { accessKeyId, secretAccessKey: secret };
  const mac = new Sha256(await getSigningKey(Sha256, identity, day, region, service));
  mac.update(toUint8Array(text));
  const expected = Buffer.from(toHex(await mac.digest()));
  const given = Buffer.from(value);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * The headers that S3 refuses since nobody signed them: what somebody has added to a presigned URL, say.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, «any x-amz-* headers»; the hash
 * of the payload is the exception, since the signature covers its value in any case.
 */
export function unsignedHeaders(request: SignedRequest): string[] {
  const signed = new Set([...readSignature(request).signedHeaders, SHA256_HEADER]);
  return Object.keys(request.headersDistinct).filter(
    (name) => name.startsWith('x-amz-') && !signed.has(name),
  );
}

/** Whether a body has the hash that the request declares, if it declares one: S3 signs that, and not the body. */
export async function isDeclared(body: Buffer, { url, headersDistinct }: SignedRequest): Promise<boolean> {
  const declared = declaredPayload(queryOf(url), headersDistinct);
  return !/^[0-9a-f]{64}$/i.test(declared) || declared.toLowerCase() === (await hash(body));
}

function readSignature({ url, headersDistinct }: SignedRequest): Signature {
  const header = headersDistinct.authorization?.[0];
  const query = queryOf(url);
  const fields = new Map(
    [...(header ?? '').matchAll(/(\w+)=([^,\s]+)/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const field = (name: string): string =>
    (header === undefined ? query.get(`X-Amz-${name}`) : fields.get(name)) ?? '';
  return {
    credential: field('Credential'),
    date: (header === undefined ? query.get('X-Amz-Date') : headersDistinct['x-amz-date']?.[0]) ?? '',
    signedHeaders: field('SignedHeaders').split(';'),
    value: field('Signature'),
  };
}

async function stringToSign(
  signature: Signature,
  { method = 'GET', url = '/', headersDistinct }: SignedRequest,
  body: Buffer | undefined,
): Promise<string> {
  const scope = signature.credential.split('/').slice(1);
  const isS3 = scope[2] === 's3';
  const query = queryOf(url);
  const path = url.split('?', 1)[0] ?? '';
  return new CanonicalForm(isS3).stringToSign(
    new HttpRequest({
      method,
      path: isS3 ? encodedOnce(path) : path,
      query: Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)])),
      headers: Object.fromEntries(
        signature.signedHeaders.map((name) => [name, (headersDistinct[name] ?? []).join(',')]),
      ),
    }),
    {
      date: signature.date,
      scope: scope.join('/'),
      payload: isS3 ? declaredPayload(query, headersDistinct) : await hash(body ?? Buffer.alloc(0)),
    },
  );
}

function queryOf(url = ''): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
}

/** S3 signs keys as they are, encoded once: no segment is left out, and no `..` goes up. */
function encodedOnce(path: string): string {
  const encode = (segment: string): string =>
    encodeURIComponent(segment).replaceAll(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return decoded(path).split('/').map(encode).join('/');
}

function declaredPayload(query: URLSearchParams, headers: SignedRequest['headersDistinct']): string {
  return query.get('X-Amz-Content-Sha256') ?? headers[SHA256_HEADER]?.[0] ?? UNSIGNED_PAYLOAD;
}

async function hash(bytes: Uint8Array): Promise<string> {
  const sha256 = new Sha256();
  sha256.update(bytes);
  return toHex(await sha256.digest());
}

/** The SDK's canonical form of a request, without its signer, which would first change the request. */
class CanonicalForm extends SignatureV4Base {
  constructor(isS3: boolean) {
    super({
      sha256: Sha256,
      uriEscapePath: !isS3,
      // None of these has a part in the canonical form.
      service: '',
      region: '',
      credentials: { accessKeyId: '', secretAccessKey: '' },
    });
  }

  async stringToSign(
    request: HttpRequest,
    { date, scope, payload }: { readonly date: string; readonly scope: string; readonly payload: string },
  ): Promise<string> {
    const headers = getCanonicalHeaders(request, undefined, new Set(Object.keys(request.headers)));
    const canonical = this.createCanonicalRequest(request, headers, payload);
    return this.createStringToSign(date, scope, canonical, ALGORITHM_IDENTIFIER);
  }
}
