import type { RequestHead } from './request-head';

/** Who sends a request, and how it came in. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  readonly tls: Tls | undefined;
  /** What tells this connection from all others. */
  readonly connectionId: string;
}

/** How a client's connection is encrypted. */
export interface Tls {
  readonly version: string;
  readonly cipher: string;
  /** The name that the client asked for. */
  readonly serverName: string | undefined;
  /** Whether it goes on with an earlier session. */
  readonly resumed: boolean;
  readonly http2: boolean;
}

/** How a load balancer's attributes change the head of a request. */
export interface HeadSettings {
  readonly dropInvalid: boolean;
  readonly forwardedFor: 'append' | 'preserve' | 'remove';
  readonly withClientPort: boolean;
  readonly preserveHost: boolean;
  /** The headers that tell the target of the client's TLS version and cipher suite; `undefined` for none. */
  readonly tlsHeaders: { readonly version: string; readonly cipher: string } | undefined;
}

/** Where a request came in. */
export interface Entrance {
  /** DNS name of the load balancer: the Host of a request that names none. */
  readonly dnsName: string;
  /** The port that the client connected to. */
  readonly localPort: number;
  /** Whether the listener's port is the usual one of its protocol, as 80 and 443 are. */
  readonly usualPort: boolean;
}

function forwardedFor(received: string | undefined, settings: HeadSettings, peer: Peer): string {
  if (settings.forwardedFor === 'remove') {
    return '';
  }
  if (settings.forwardedFor === 'preserve') {
    return received === undefined ? '' : `X-Forwarded-For: ${received}\r\n`;
  }
  const client = settings.withClientPort ? `${peer.address}:${peer.port}` : peer.address;
  return `X-Forwarded-For: ${received === undefined ? client : `${received}, ${client}`}\r\n`;
}

/** A Host without its port gets that of a listener on a port of its own, unless the header is to be preserved. */
function hostOf(host: string | undefined, settings: HeadSettings, entrance: Entrance): string {
  if (host === undefined) {
    return entrance.dnsName;
  }
  return settings.preserveHost || entrance.usualPort || /:\d+$/.test(host)
    ? host
    : `${host}:${entrance.localPort}`;
}

/**
 * The head of a request as it goes on to a target, with the empty line that ends it.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 *
 * @param traceId what goes on as X-Amzn-Trace-Id.
 */
export function forwardedHead(
  request: RequestHead,
  settings: HeadSettings,
  entrance: Entrance,
  peer: Peer,
  traceId: string,
): string {
  const { method, target, headers, upgrade, chunked, contentLength } = request;
  let head =
    `${method} ${target} HTTP/1.1\r\n${forwardedFor(request.forwardedFor, settings, peer)}` +
    `X-Forwarded-Proto: ${peer.tls === undefined ? 'http' : 'https'}\r\nX-Forwarded-Port: ${entrance.localPort}\r\n` +
    `Host: ${hostOf(request.host, settings, entrance)}\r\nX-Amzn-Trace-Id: ${traceId}\r\n`;
  const { tlsHeaders } = settings;
  if (tlsHeaders !== undefined && peer.tls !== undefined) {
    head += `${tlsHeaders.version}: ${peer.tls.version}\r\n${tlsHeaders.cipher}: ${peer.tls.cipher}\r\n`;
  }
  for (let index = 0; index < headers.length; index += 2) {
    head += `${headers[index] ?? ''}: ${headers[index + 1] ?? ''}\r\n`;
  }
  if (chunked) {
    head += 'Transfer-Encoding: chunked\r\n';
  } else if (contentLength !== undefined) {
    head += `Content-Length: ${contentLength}\r\n`;
  }
  if (upgrade !== undefined) {
    head += `Connection: upgrade\r\nUpgrade: ${upgrade}\r\n`;
  }
  return `${head}\r\n`;
}
