import { type IncomingMessage, type ServerResponse, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** Headers that belong to one connection and are not passed on. Source: RFC 9110, section 7.6.1. */
const hopByHop = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Where a request goes on to. */
export interface Target {
  readonly origin: URL;
  readonly path: string;
  /** Host header to send. @default the client's own */
  readonly host?: string;
  /** The body, when the edge has read it already. @default streamed from the client */
  readonly body?: Buffer | undefined;
}

function endToEnd(rawHeaders: readonly string[], except: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!hopByHop.has(name.toLowerCase()) && !except(name.toLowerCase())) {
      kept.push(name, rawHeaders[index + 1] ?? '');
    }
  }
  return kept;
}

/**
 * Sends a request on and resolves with the answer's head, its body still to be read. Every call has a connection of its
 * own: on loopback that costs little, and a kept one may be closed by the other side in the very moment of its reuse.
 *
 * @param signal aborts the request to the upstream.
 */
export async function send(
  request: IncomingMessage,
  target: Target,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const { origin, path, host, body } = target;
  const headers = endToEnd(
    request.rawHeaders,
    (name) => (name === 'host' && host !== undefined) || (name === 'content-length' && body !== undefined),
  );
  if (host !== undefined) {
    headers.push('Host', host);
  }
  if (body !== undefined) {
    headers.push('Content-Length', String(body.length));
  } else if (request.headers['transfer-encoding'] !== undefined) {
    headers.push('Transfer-Encoding', 'chunked');
  }
  const upstream = httpRequest({
    hostname: origin.hostname,
    port: origin.port,
    method: request.method,
    path,
    headers,
    agent: false,
    ...(signal === undefined ? {} : { signal }),
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once('response', resolve);
    upstream.once('error', reject);
  });
  if (body !== undefined) {
    upstream.end(body);
  } else {
    pipeline(request, upstream).catch((error: unknown) => {
      upstream.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  }
  return answered;
}

/** Passes an answer on to the client: streaming, or read whole where it is to be corrected. */
export async function passOn(
  answer: IncomingMessage,
  response: ServerResponse,
  correct?: (content: string) => string,
): Promise<void> {
  const content = correct === undefined ? undefined : correct(await text(answer));
  response.writeHead(
    answer.statusCode ?? 502,
    answer.statusMessage,
    endToEnd(answer.rawHeaders, (name) => name === 'content-length' && content !== undefined),
  );
  if (content === undefined) {
    await pipeline(answer, response);
  } else {
    response.end(content);
  }
}
