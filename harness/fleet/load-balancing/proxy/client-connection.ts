import type { Duplex } from 'node:stream';

import { type OwnAnswer, ownAnswer } from './answers';
import type { Client } from './client';
import type { Destination } from './destination';
import { Exchange } from './exchange';
import { type Entrance, type HeadSettings, type Peer, forwardedHead } from './forwarded-head';
import type { Framing } from './framing';
import { BadRequest, type RequestHead, headLimits, parseRequestHead } from './request-head';
import { RequestRecord } from './request-record';
import type { ResponseHeaders } from './response-head';
import { traceId } from './trace-id';

const headEnd = Buffer.from('\r\n\r\n');

/** How long a target may take to accept a connection. Source: load-balancer-troubleshooting.html, «HTTP 504». */
const connectSeconds = 10;

/** Bytes of following requests that a client may send ahead before it is made to wait. */
const mostAhead = 65_536;

/** Where a client came in: what holds for all connections of a listener. */
export interface Entry {
  /** Milliseconds of this machine's time, a little behind: asked for each part of each message. */
  readonly now: number;
  readonly idleMs: number;
  readonly clientKeepAliveMs: number;
  readonly serverLine: string;
  readonly responseLines: string;
  readonly replacedHeaders: ResponseHeaders;
  readonly headSettings: HeadSettings;
  readonly entrance: Entrance;
  route(request: RequestHead, peer: Peer): Destination | OwnAnswer;
  /** Notes an answer that the load balancer gave itself. */
  count(status: number): void;
  /** Whether requests are logged. */
  readonly keepsLog: boolean;
  /** Logs a request that is over. */
  log(record: RequestRecord, peer: Peer): void;
  forget(connection: ClientConnection): void;
}

/** One client's connection: its requests one after the other, each answered here or exchanged with a target. */
export class ClientConnection implements Client {
  private ahead: Buffer | undefined;
  private request: RequestHead | undefined;
  private body: Framing | undefined;
  private exchange: Exchange | undefined;
  /** What the access log will tell of the request, where there is one. */
  private record: RequestRecord | undefined;
  /** The answer to a request whose body is still coming. */
  private ownAnswer: OwnAnswer | undefined;
  private closing = false;
  private gone = false;
  private headBegan = false;
  private beginning = false;
  private lastActive: number;
  private readonly openedAt: number;

  constructor(
    private readonly socket: Duplex,
    private readonly front: Entry,
    private readonly peer: Peer,
  ) {
    this.lastActive = front.now;
    this.openedAt = front.now;
    socket
      .on('data', (chunk: Buffer) => {
        this.receive(chunk);
      })
      .on('drain', () => this.exchange?.clientDrained())
      .on('error', () => undefined)
      .on('end', () => {
        this.destroy();
      })
      .on('close', () => {
        this.lost();
      });
  }

  get replacedHeaders(): ResponseHeaders {
    return this.front.replacedHeaders;
  }

  get responseLines(): string {
    return this.front.responseLines;
  }

  get requestDone(): boolean {
    return this.body?.done !== false;
  }

  get keepsAlive(): boolean {
    return !this.closing;
  }

  closeAfterwards(): void {
    this.closing = true;
  }

  touch(): void {
    this.lastActive = this.front.now;
  }

  responded(status: number): void {
    this.record?.responded(status);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  write(data: Buffer | string): boolean {
    if (this.gone) {
      return true;
    }
    if (this.record !== undefined) {
      this.record.sentBytes += data.length;
    }
    return typeof data === 'string' ? this.socket.write(data, 'latin1') : this.socket.write(data);
  }

  beginTunnel(): void {
    this.closing = true;
    const { ahead } = this;
    this.ahead = undefined;
    if (ahead !== undefined) {
      this.received(ahead.length);
      this.exchange?.fromClient(ahead);
    }
    this.socket.resume();
  }

  answer(answer: OwnAnswer): void {
    const { request } = this;
    this.exchange = undefined;
    this.ownAnswer = undefined;
    if (!this.requestDone || request === undefined) {
      this.closing = true;
    }
    this.front.count(answer.status);
    this.beginRecord(this.ahead?.length ?? 0);
    if (this.record !== undefined) {
      this.record.status = answer.status;
      this.record.redirectUrl = answer.location;
    }
    this.write(
      ownAnswer(answer, {
        keepAlive: this.keepsAlive,
        forHead: request?.method === 'HEAD',
        lines: `${this.front.serverLine}${this.front.responseLines}`,
      }),
    );
    this.finish('next');
  }

  finish(then: 'next' | 'close' | 'end'): void {
    this.endRecord();
    this.exchange = undefined;
    this.request = undefined;
    this.body = undefined;
    if (then === 'end') {
      this.destroy();
      return;
    }
    if (then === 'close' || this.closing) {
      this.closing = true;
      this.socket.end();
      // What the client still sends is read and forgotten: unread data would reset the connection under the answer.
      this.socket.resume();
      return;
    }
    this.socket.resume();
    this.beginAhead();
  }

  destroy(): void {
    this.lost();
    this.socket.destroy();
  }

  /** Ends what has been idle for too long. */
  sweep(): void {
    const { exchange } = this;
    const idle = this.front.now - this.lastActive;
    if (exchange?.connecting === true && idle > connectSeconds * 1_000) {
      exchange.fail(504);
    } else if (idle > this.front.idleMs) {
      if (exchange?.isTunnel === true) {
        this.destroy();
      } else if (exchange !== undefined) {
        exchange.fail(this.requestDone ? 504 : 408);
      } else if (this.headBegan || this.ownAnswer !== undefined) {
        this.answer({ status: 408 });
      } else {
        this.destroy();
      }
    }
  }

  private lost(): void {
    if (this.gone) {
      return;
    }
    this.gone = true;
    this.front.forget(this);
    this.endRecord();
    const { exchange } = this;
    this.exchange = undefined;
    if (exchange !== undefined) {
      if (!exchange.isTunnel) {
        this.front.count(460);
      }
      exchange.clientGone();
    }
  }

  private beginRecord(headBytes: number): void {
    if (this.front.keepsLog) {
      this.record ??= new RequestRecord(headBytes);
    }
  }

  private received(bytes: number): void {
    if (this.record !== undefined) {
      this.record.receivedBytes += bytes;
    }
  }

  private endRecord(): void {
    const { record } = this;
    if (record !== undefined) {
      this.record = undefined;
      this.front.log(record, this.peer);
    }
  }

  private receive(chunk: Buffer): void {
    this.lastActive = this.front.now;
    if (this.closing && this.exchange === undefined && this.ownAnswer === undefined) {
      return;
    }
    if (this.exchange?.isTunnel === true) {
      this.received(chunk.length);
      this.exchange.fromClient(chunk);
    } else if (this.request === undefined) {
      this.ahead = this.ahead === undefined ? chunk : Buffer.concat([this.ahead, chunk]);
      this.beginAhead();
    } else if (this.requestDone) {
      this.wait(chunk);
    } else {
      this.readBody(chunk, 0);
    }
  }

  /** Keeps what belongs to the requests to come. */
  private wait(chunk: Buffer): void {
    this.ahead = this.ahead === undefined ? chunk : Buffer.concat([this.ahead, chunk]);
    if (this.ahead.length > mostAhead) {
      this.socket.pause();
    }
  }

  /** Begins the requests that have come, one after the other: a loop, since thousands may be answered at once. */
  private beginAhead(): void {
    if (this.beginning) {
      return;
    }
    this.beginning = true;
    let begun = true;
    while (begun && this.request === undefined && this.ahead !== undefined && !this.closing) {
      begun = this.begin(this.ahead);
    }
    this.beginning = false;
  }

  /** Whether a whole head was there. */
  private begin(data: Buffer): boolean {
    // A robust server ignores empty lines before a request. Source: RFC 9112, section 2.2.
    let start = 0;
    while (data[start] === 0x0d || data[start] === 0x0a) {
      start += 1;
    }
    const end = data.indexOf(headEnd, start);
    if (end === -1 || end - start > headLimits.all) {
      this.headBegan = data.length > start;
      this.ahead = this.headBegan ? data : undefined;
      if (data.length - start > headLimits.all) {
        this.answer({ status: 400 });
      }
      return false;
    }
    this.ahead = undefined;
    this.headBegan = false;
    this.beginRecord(end + headEnd.length - start);
    try {
      this.request = parseRequestHead(data.toString('latin1', start, end), this.front.headSettings);
    } catch (error) {
      if (!(error instanceof BadRequest)) {
        throw error;
      }
      this.answer({ status: error.status });
      return true;
    }
    this.handle(this.request, data, end + headEnd.length);
    return true;
  }

  private handle(request: RequestHead, data: Buffer, bodyAt: number): void {
    this.body = request.framing;
    // A client is told with the answer that the connection ends: else it would send the next request into its end.
    this.closing = !request.keepAlive || this.front.now - this.openedAt > this.front.clientKeepAliveMs;
    const route = this.front.route(request, this.peer);
    const { record } = this;
    if (record !== undefined) {
      record.request = request;
      record.matched = route.matched;
    }
    if (request.expectsContinue) {
      this.write('HTTP/1.1 100 Continue\r\n\r\n');
    }
    if ('status' in route) {
      this.ownAnswer = route;
      this.readBody(data, bodyAt);
      return;
    }
    const { headSettings, entrance } = this.front;
    const trace = traceId(request.traceId);
    if (record !== undefined) {
      record.traceId = trace;
      record.target = `${route.address.host}:${route.address.port}`;
    }
    this.exchange = new Exchange(
      this,
      request,
      route,
      forwardedHead(request, headSettings, entrance, this.peer, trace),
    );
    if (this.requestDone) {
      record?.forwarded();
    }
    if (bodyAt < data.length) {
      this.readBody(data, bodyAt);
    }
  }

  /** Passes a part of the body on, or by where the load balancer answers: that waits until the client has said all. */
  private readBody(data: Buffer, offset: number): void {
    const taken = this.takeBody(data, offset);
    if (taken === undefined) {
      this.exchange?.clientGone();
      this.answer({ status: 400 });
      return;
    }
    if (taken > 0) {
      this.received(taken);
      this.exchange?.fromClient(taken === data.length ? data : data.subarray(offset, offset + taken));
    }
    if (this.requestDone) {
      this.record?.forwarded();
    }
    if (offset + taken < data.length && this.request !== undefined) {
      this.wait(data.subarray(offset + taken));
    }
    if (this.ownAnswer !== undefined && this.requestDone) {
      this.answer(this.ownAnswer);
    }
  }

  /** How much of the data is the request's body; `undefined` when it is malformed. */
  private takeBody(data: Buffer, offset: number): number | undefined {
    try {
      return this.body?.take(data, offset) ?? 0;
    } catch {
      return undefined;
    }
  }
}
