import type { IncomingMessage } from 'node:http';

/** One request to an AWS service, as the edge sees it. */
export interface Call {
  /** The service of the SigV4 credential scope (`sqs`, `autoscaling`, …); `s3` for what is not signed. */
  readonly service: string;
  /** The action (`ReceiveMessage`); for S3 the method and what marks the kind of request is in `method` and `path`. */
  readonly action: string | undefined;
  readonly method: string;
  /** Path and query, path-style for S3: `/bucket/key?uploads`. */
  readonly path: string;
  /** Who signed; `undefined` for an unsigned request. */
  readonly accessKeyId: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

/** Who signed a request, and for which service. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly service: string;
}

/**
 * Reads the SigV4 credential scope of a request: `AKID/20261124/us-east-2/sqs/aws4_request`, from the Authorization
 * header or, for a presigned URL, from the query.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function credentialScope(
  request: Pick<IncomingMessage, 'headers' | 'url'>,
): CredentialScope | undefined {
  const header = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1];
  const credential = header ?? queryOf(request).get('X-Amz-Credential') ?? undefined;
  const [accessKeyId, , , service] = credential?.split('/') ?? [];
  return accessKeyId === undefined || service === undefined ? undefined : { accessKeyId, service };
}

function queryOf({ url = '/' }: Pick<IncomingMessage, 'url'>): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
}

/**
 * The action of a call, in each of AWS's protocols: `X-Amz-Target` (JSON), the path (RPC v2 CBOR), `Action` in the
 * query or in a form (query protocol). S3's REST protocol has none.
 */
export function actionOf(
  request: Pick<IncomingMessage, 'headers' | 'url'>,
  body: Buffer | undefined,
): string | undefined {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    return target.split('.').at(-1);
  }
  const operation = /^\/service\/[^/]+\/operation\/([^/?]+)/.exec(request.url ?? '')?.[1];
  if (operation !== undefined) {
    return operation;
  }
  const form =
    isForm(request.headers) && body !== undefined ? new URLSearchParams(body.toString('utf8')) : undefined;
  return form?.get('Action') ?? queryOf(request).get('Action') ?? undefined;
}

/** Whether a request carries an HTML form: the query protocol's body. */
export function isForm(headers: IncomingMessage['headers']): boolean {
  return (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
}
