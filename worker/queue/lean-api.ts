import { createHash, createHmac, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider, Checksum, SourceData } from '@smithy/types';
import { isCredentialsError } from './call-errors';
import type { SqsApi } from './sqs-api';

export interface LeanApiOptions {
  readonly region: string;
  /** URL of the service: of the queue, or of an emulator. */
  readonly endpoint: string;
  /** As an SDK client's `config.credentials`: cached, and renewed before they expire. */
  readonly credentials: AwsCredentialIdentityProvider;
}

export interface LeanApi extends SqsApi {
  readonly close: () => void;
}

/** How connections to SQS are kept: one that is silent for longer than the longest long poll (20 s) is given up. */
export const SQS_CONNECTIONS = { connectionTimeout: 5000, socketTimeout: 30_000 };

/** An error that SQS answered with; it looks as the SDK's does. */
export class SqsResponseError extends Error {
  constructor(
    /** Without its namespace, `QueueDoesNotExist`. */
    override readonly name: string,
    message: string,
    readonly $metadata: { readonly httpStatusCode: number },
  ) {
    super(message);
  }
}

/**
 * SQS by plain HTTP requests (AWS JSON 1.0), by the SDK's own signer and HTTP handler: a fraction of the CPU time of its
 * client, which has no part in it but the credentials. No retries: the consumer backs off by itself.
 */
export function leanApi({ region, endpoint, credentials }: LeanApiOptions): LeanApi {
  const { protocol, hostname, host, port } = new URL(endpoint);
  // Credentials that SQS no longer takes are not used to the end that they state.
  let refused = false;
  const signer = new SignatureV4({
    service: 'sqs',
    region,
    async credentials() {
      const identity = await credentials({ forceRefresh: refused });
      refused = false;
      return identity;
    },
    sha256: NodeSha256,
    applyChecksum: false,
  });
  const http = new NodeHttpHandler(SQS_CONNECTIONS);

  const call = async <Output>(action: string, input: object, signal?: AbortSignal): Promise<Output> => {
    const request = new HttpRequest({
      method: 'POST',
      protocol,
      hostname,
      ...(port !== '' && { port: Number(port) }),
      path: '/',
      headers: { host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
      body: JSON.stringify(input),
    });
    const signed = new HttpRequest(await signer.sign(request));
    const { response } = await abortable(signal, (abortSignal) => http.handle(signed, { abortSignal }));
    const answer = await text(response.body as Readable);
    if (response.statusCode >= 300) {
      const error = errorOf(response.statusCode, answer);
      refused ||= isCredentialsError(error.name);
      throw error;
    }
    return (answer === '' ? {} : JSON.parse(answer)) as Output;
  };

  return {
    receiveMessage: (input, signal) => call('ReceiveMessage', input, signal),
    deleteMessageBatch: (input) => call('DeleteMessageBatch', input),
    changeMessageVisibilityBatch: (input) => call('ChangeMessageVisibilityBatch', input),
    sendMessage: (input) => call('SendMessage', input),
    close() {
      http.destroy();
    },
  };
}

/** Aborts a call as long as it has no answer: what SQS has begun to hand out is taken, or it would stay invisible. */
async function abortable<T>(
  signal: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const unanswered = new AbortController();
  const abort = (): void => {
    unanswered.abort(signal?.reason);
  };
  signal?.throwIfAborted();
  signal?.addEventListener('abort', abort);
  try {
    return await call(unanswered.signal);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function errorOf(httpStatusCode: number, body: string): SqsResponseError {
  let answer: { readonly __type?: string; readonly message?: string } = {};
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    // A proxy's page, say: the status has to do.
  }
  const name = answer.__type?.split('#').at(-1) ?? 'UnknownError';
  return new SqsResponseError(name, answer.message ?? body.slice(0, 200), { httpStatusCode });
}

/** SHA-256 and its HMAC by node:crypto, in the form that the signer takes. */
class NodeSha256 implements Checksum {
  readonly #hash: Hash | ReturnType<typeof createHmac>;

  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: SourceData): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('a hash of node:crypto is used once');
  }
}

function bytesOf(data: SourceData): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
