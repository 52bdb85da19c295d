import { ChunkedFraming, type Framing, LengthFraming, UntilCloseFraming, noBody } from './framing';

/** The head of a target's response, as far as a load balancer reads it. */
export interface ResponseHead {
  readonly status: number;
  /** The header lines that go on to the client as they are, each with its line end. */
  readonly lines: string;
  /** `HTTP/1.1 200 OK` with its line end. */
  readonly statusLine: string;
  readonly framing: Framing;
  readonly chunked: boolean;
  /** Whether the target keeps the connection for a next request. */
  readonly keepAlive: boolean;
  /** Values of Set-Cookie. */
  readonly cookies: readonly string[];
}

/** A response that breaks the rules of HTTP: the client gets a 502 for it. */
export class MalformedResponse extends Error {}

/** Header names that the load balancer sets in responses, in lower case, with their values. */
export type ResponseHeaders = ReadonlyMap<string, string>;

const statusPattern = /^HTTP\/1\.([01]) (\d{3})(?: .*)?$/;

/**
 * Reads the head of a response, without the empty line that ends it.
 *
 * @param forHead whether the request was a HEAD, whose response has no body.
 * @param replaced headers that the load balancer sets itself, so that the target's do not go on.
 * @throws MalformedResponse
 */
export function parseResponseHead(text: string, forHead: boolean, replaced: ResponseHeaders): ResponseHead {
  let end = text.indexOf('\r\n');
  const statusLine = end === -1 ? text : text.slice(0, end);
  const [, minor, code] = statusPattern.exec(statusLine) ?? [];
  if (code === undefined) {
    throw new MalformedResponse('no status line');
  }
  const status = Number(code);
  let lines = '';
  let contentLength: string | undefined;
  let transferEncoding = '';
  let connection = '';
  let cookies: string[] | undefined;
  while (end !== -1) {
    const begin = end + 2;
    end = text.indexOf('\r\n', begin);
    const stop = end === -1 ? text.length : end;
    const colon = text.indexOf(':', begin);
    if (colon <= begin || colon >= stop) {
      throw new MalformedResponse('a header line without a name');
    }
    const name = text.slice(begin, colon).toLowerCase();
    switch (name) {
      case 'connection':
        connection += text.slice(colon + 1, stop).toLowerCase();
        if (status === 101) {
          lines += `${text.slice(begin, stop)}\r\n`;
        }
        continue;
      case 'keep-alive':
      case 'proxy-connection':
        continue;
      case 'content-length': {
        const value = text.slice(colon + 1, stop).trim();
        if (!/^\d{1,15}$/.test(value) || (contentLength ?? value) !== value) {
          throw new MalformedResponse('its Content-Length is no length');
        }
        contentLength = value;
        break;
      }
      case 'transfer-encoding':
        transferEncoding += text
          .slice(colon + 1, stop)
          .trim()
          .toLowerCase();
        continue;
      case 'set-cookie':
        (cookies ??= []).push(text.slice(colon + 1, stop).trim());
        break;
      default:
        if (replaced.size > 0 && replaced.has(name)) {
          continue;
        }
    }
    lines += `${text.slice(begin, stop)}\r\n`;
  }
  const chunked = transferEncoding === 'chunked';
  if (transferEncoding !== '' && !chunked) {
    throw new MalformedResponse(`its Transfer-Encoding is ${transferEncoding}`);
  }
  if (chunked && contentLength !== undefined) {
    throw new MalformedResponse('it has both a Content-Length and a Transfer-Encoding');
  }
  const bodyless = forHead || status === 204 || status === 304 || status < 200;
  const framing = bodyless ? noBody : framingOf(chunked, contentLength);
  return {
    status,
    lines,
    statusLine: `HTTP/1.1${statusLine.slice(8)}\r\n`,
    framing,
    chunked: chunked && !bodyless,
    keepAlive:
      !(framing instanceof UntilCloseFraming) &&
      (minor === '1' ? !connection.includes('close') : connection.includes('keep-alive')),
    cookies: cookies ?? [],
  };
}

function framingOf(chunked: boolean, contentLength: string | undefined): Framing {
  if (chunked) {
    return new ChunkedFraming();
  }
  if (contentLength === undefined) {
    return new UntilCloseFraming();
  }
  return contentLength === '0' ? noBody : new LengthFraming(Number(contentLength));
}
