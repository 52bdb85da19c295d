import { ChunkedFraming, type Framing, LengthFraming, noBody } from './framing';

/** The head of a client's request, as far as a load balancer reads it. */
export interface RequestHead {
  /** As it came, without the empty line that ends it. */
  readonly text: string;
  readonly method: string;
  /** Path and query as they go on to the target. */
  readonly target: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly httpVersion: '1.0' | '1.1';
  /** Names and values in turn, as the client wrote them, without those that belong to the connection. */
  readonly headers: readonly string[];
  readonly host: string | undefined;
  readonly forwardedFor: string | undefined;
  readonly traceId: string | undefined;
  readonly cookie: string | undefined;
  readonly framing: Framing;
  readonly contentLength: string | undefined;
  readonly chunked: boolean;
  readonly keepAlive: boolean;
  /** Protocol that the client wants to change to: `websocket`. */
  readonly upgrade: string | undefined;
  readonly expectsContinue: boolean;
}

/** A request that a load balancer answers itself, with an error. */
export class BadRequest extends Error {
  constructor(readonly status: 400 | 405 | 414 | 463 | 464 | 501) {
    super(`HTTP ${status}`);
  }
}

/** Limits of Application Load Balancers, in bytes. Source: «Quotas for your Application Load Balancers». */
export const headLimits = { requestLine: 16_384, header: 16_384, all: 65_536, response: 32_768 } as const;

/** Source: load-balancer-troubleshooting.html, «HTTP 463». */
const mostForwardedFor = 30;

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const validName = /^[-A-Za-z0-9]+$/;
/** Control characters that no header value may have: they could end it for some other reader. */
const forbiddenInValue = /[\0\r\n]/;

/** How strictly heads are read. */
export interface HeadRules {
  /** Drop headers whose names have other characters than letters, digits and hyphens. */
  readonly dropInvalid: boolean;
}

/** The request-target's path and query, and the host that an absolute one names. */
function splitTarget(raw: string): { target: string; host: string | undefined } {
  if (raw.startsWith('/') || raw === '*') {
    return { target: raw, host: undefined };
  }
  const absolute = /^https?:\/\/([^/?#]+)([^#]*)/i.exec(raw);
  if (absolute === null) {
    throw new BadRequest(400);
  }
  const [, host, rest = ''] = absolute;
  return { target: rest.startsWith('/') ? rest : `/${rest}`, host };
}

function requestLine(line: string): { method: string; raw: string; httpVersion: '1.0' | '1.1' } {
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  const method = line.slice(0, first);
  const raw = line.slice(first + 1, last);
  const version = line.slice(last + 1);
  if (first < 1 || last <= first || !token.test(method) || raw.includes(' ')) {
    throw new BadRequest(400);
  }
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') {
    throw new BadRequest(version.startsWith('HTTP/') ? 464 : 400);
  }
  if (method === 'TRACE' || method === 'CONNECT') {
    throw new BadRequest(405);
  }
  return { method, raw, httpVersion: version === 'HTTP/1.1' ? '1.1' : '1.0' };
}

/** What the headers say that the load balancer acts on. */
interface Seen {
  host: string | undefined;
  forwardedFor: string | undefined;
  traceId: string | undefined;
  cookie: string | undefined;
  contentLength: string | undefined;
  transferEncoding: string | undefined;
  connection: string;
  upgrade: string | undefined;
  expect: string | undefined;
}

/** Takes what it knows out of a header; whether the header goes on to the target as it is. */
function note(seen: Seen, name: string, value: string): boolean {
  switch (name) {
    case 'host':
      if (seen.host !== undefined) {
        throw new BadRequest(400);
      }
      seen.host = value;
      return false;
    case 'content-length':
      if (!/^\d{1,15}$/.test(value) || (seen.contentLength ?? value) !== value) {
        throw new BadRequest(400);
      }
      seen.contentLength = value;
      return false;
    case 'transfer-encoding':
      seen.transferEncoding =
        seen.transferEncoding === undefined ? value : `${seen.transferEncoding},${value}`;
      return false;
    case 'connection':
      seen.connection += `,${value.toLowerCase()}`;
      return false;
    case 'upgrade':
      seen.upgrade = value;
      return false;
    case 'expect':
      seen.expect = value.toLowerCase();
      return false;
    case 'x-forwarded-for':
      seen.forwardedFor = seen.forwardedFor === undefined ? value : `${seen.forwardedFor}, ${value}`;
      return false;
    case 'x-amzn-trace-id':
      seen.traceId = value;
      return false;
    case 'cookie':
      seen.cookie = seen.cookie === undefined ? value : `${seen.cookie}; ${value}`;
      return true;
    case 'keep-alive':
    case 'proxy-connection':
    case 'te':
    case 'trailer':
    case 'x-forwarded-proto':
    case 'x-forwarded-port':
      return name === 'trailer';
    default:
      return true;
  }
}

/** The values of a header as the client sent it, also of one that does not go on. @param name in lower case. */
export function headerValues({ text }: RequestHead, name: string): string[] {
  return text.split('\r\n').flatMap((line, index) => {
    const colon = line.indexOf(':');
    return index > 0 && line.slice(0, colon).toLowerCase() === name ? [line.slice(colon + 1).trim()] : [];
  });
}

/** A chunked body, one of a length, or none. */
function framingOf({ transferEncoding, contentLength }: Seen): { framing: Framing; chunked: boolean } {
  const encoding = transferEncoding?.trim().toLowerCase();
  if (encoding === 'chunked') {
    return { framing: new ChunkedFraming(), chunked: true };
  }
  if (encoding !== undefined && encoding !== 'identity') {
    throw new BadRequest(501);
  }
  const length = Number(contentLength ?? 0);
  return { framing: length === 0 ? noBody : new LengthFraming(length), chunked: false };
}

/**
 * Reads the head of a request, without the empty line that ends it.
 *
 * @throws BadRequest for what an Application Load Balancer does not pass on.
 */
export function parseRequestHead(text: string, { dropInvalid }: HeadRules): RequestHead {
  let end = text.indexOf('\r\n');
  const firstLine = end === -1 ? text : text.slice(0, end);
  if (firstLine.length > headLimits.requestLine) {
    throw new BadRequest(414);
  }
  const { method, raw, httpVersion } = requestLine(firstLine);
  const seen: Seen = {
    host: undefined,
    forwardedFor: undefined,
    traceId: undefined,
    cookie: undefined,
    contentLength: undefined,
    transferEncoding: undefined,
    connection: '',
    upgrade: undefined,
    expect: undefined,
  };
  const headers: string[] = [];
  while (end !== -1) {
    const begin = end + 2;
    end = text.indexOf('\r\n', begin);
    const stop = end === -1 ? text.length : end;
    const colon = text.indexOf(':', begin);
    if (colon <= begin || colon >= stop || stop - begin > headLimits.header) {
      throw new BadRequest(400);
    }
    const name = text.slice(begin, colon);
    const value = text.slice(colon + 1, stop).trim();
    if (/[\s\0]/.test(name) || forbiddenInValue.test(value)) {
      throw new BadRequest(400);
    }
    const isDropped = dropInvalid && !validName.test(name);
    if (!isDropped && note(seen, name.toLowerCase(), value)) {
      headers.push(name, value);
    }
  }
  const { target, host } = splitTarget(raw);
  if (httpVersion === '1.1' && seen.host === undefined && host === undefined) {
    throw new BadRequest(400);
  }
  if ((seen.forwardedFor?.split(',').length ?? 0) > mostForwardedFor) {
    throw new BadRequest(463);
  }
  const { framing, chunked } = framingOf(seen);
  const question = target.indexOf('?');
  return {
    text,
    method,
    target,
    path: question === -1 ? target : target.slice(0, question),
    query: question === -1 ? '' : target.slice(question + 1),
    httpVersion,
    headers,
    host: host ?? seen.host,
    forwardedFor: seen.forwardedFor,
    traceId: seen.traceId,
    cookie: seen.cookie,
    framing,
    // A request with both is ambiguous: its length is forgotten and the connection ends with it.
    contentLength: chunked ? undefined : seen.contentLength,
    chunked,
    keepAlive:
      (httpVersion === '1.1' ? !seen.connection.includes('close') : seen.connection.includes('keep-alive')) &&
      !(chunked && seen.contentLength !== undefined),
    // HTTP/2 by upgrade is not offered; to ignore it is what RFC 9110, section 7.8, wants then.
    upgrade:
      seen.connection.includes('upgrade') && seen.upgrade?.toLowerCase() === 'websocket'
        ? seen.upgrade
        : undefined,
    expectsContinue: httpVersion === '1.1' && seen.expect === '100-continue',
  };
}
