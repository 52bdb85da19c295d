import type { LogEntry } from '../logs/entry';
import type { Listener } from '../resources';
import type { Matched } from './destination';
import type { Peer } from './forwarded-head';
import { type RequestHead, headerValues } from './request-head';
import { traceId } from './trace-id';

/** What a client closed the connection of before it had an answer. */
const clientGone = 460;

/** What is known of one request, for the access log: filled in while it is answered. */
export class RequestRecord {
  /** `undefined` for what was no request. */
  request: RequestHead | undefined;
  matched: Matched | undefined;
  /** Address and port. */
  target: string | undefined;
  traceId: string | undefined;
  redirectUrl: string | undefined;
  /** What the load balancer answered itself. */
  status: number | undefined;
  targetStatus: number | undefined;
  sentBytes = 0;
  private readonly createdAt = Date.now();
  private readonly begun = performance.now();
  private forwardedAt: number | undefined;
  private answeredAt = 0;

  /** @param receivedBytes of its head. */
  constructor(public receivedBytes: number) {}

  /** All of the request is on its way to the target. */
  forwarded(): void {
    this.forwardedAt ??= performance.now();
  }

  /** The target's response has begun. */
  responded(status: number): void {
    this.targetStatus = status;
    this.answeredAt = performance.now();
  }

  /** The entry of a request that is over. */
  entry(peer: Peer, listener: Listener, loadBalancerId: string): LogEntry {
    const { request, matched, targetStatus } = this;
    return {
      type: this.type(peer),
      time: Date.now(),
      loadBalancerId,
      client: `${peer.address}:${peer.port}`,
      target: this.target,
      seconds: this.seconds(),
      status: this.status ?? targetStatus ?? clientGone,
      targetStatus,
      receivedBytes: this.receivedBytes,
      sentBytes: this.sentBytes,
      request: this.requestLine(peer, listener),
      userAgent: request === undefined ? undefined : headerValues(request, 'user-agent')[0],
      tls: peer.tls,
      targetGroupArn: matched?.targetGroupArn,
      traceId: request === undefined ? undefined : (this.traceId ?? traceId(request.traceId)),
      serverName: peer.tls?.serverName,
      certificate: peer.tls?.resumed === true ? 'session-reused' : listener.certificates[0],
      rulePriority: matched?.priority,
      createdAt: this.createdAt,
      action: matched?.action,
      redirectUrl: this.redirectUrl,
      connectionId: peer.connectionId,
    };
  }

  private type({ tls }: Peer): LogEntry['type'] {
    if (this.targetStatus === 101) {
      return tls === undefined ? 'ws' : 'wss';
    }
    return tls === undefined ? 'http' : tls.http2 ? 'h2' : 'https';
  }

  /** Where no target has answered AWS has no times; and what a target says goes on at once. */
  private seconds(): LogEntry['seconds'] {
    const { begun, forwardedAt, answeredAt } = this;
    if (this.targetStatus === undefined) {
      return [-1, -1, -1];
    }
    // A target may answer before it has all of the request.
    const sent = Math.min(forwardedAt ?? answeredAt, answeredAt);
    return [(sent - begun) / 1_000, (answeredAt - sent) / 1_000, 0];
  }

  private requestLine({ tls }: Peer, { loadBalancer, port }: Listener): string {
    const { request } = this;
    const host = request?.host?.replace(/:\d+$/, '') ?? loadBalancer.dnsName;
    const site = `${tls === undefined ? 'http' : 'https'}://${host}:${port}`;
    return request === undefined
      ? `- ${site}- -`
      : `${request.method} ${site}${request.target} HTTP/${tls?.http2 === true ? '2.0' : request.httpVersion}`;
  }
}
