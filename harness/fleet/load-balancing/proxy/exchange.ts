import type { Target } from '../health/target';
import type { Client } from './client';
import type { Destination } from './destination';
import { type Framing, UntilCloseFraming } from './framing';
import type { TargetConnection, TargetUser } from './pool';
import { headLimits, type RequestHead } from './request-head';
import { type ResponseHead, parseResponseHead } from './response-head';

const headEnd = Buffer.from('\r\n\r\n');

/** One request that is forwarded, and its response: streamed both ways, at the pace of the slower side. */
export class Exchange implements TargetUser {
  private readonly begun = performance.now();
  private readonly connection: TargetConnection;
  private readonly target: Target;
  private response: ResponseHead | undefined;
  private framing: Framing | undefined;
  private partialHead: Buffer | undefined;
  private tunnel = false;
  private over = false;

  /** @param head of the request as it goes on. */
  constructor(
    private readonly client: Client,
    private readonly request: RequestHead,
    private readonly destination: Destination,
    head: string,
  ) {
    this.target = destination.target;
    destination.tally.forwarded();
    this.target.inFlight += 1;
    this.connection = this.target.pool.connection(destination.address);
    this.connection.use(this);
    this.connection.write(head);
  }

  /** Whether the target has not even accepted the connection yet. */
  get connecting(): boolean {
    return this.connection.connecting;
  }

  /** Whether the client has begun to get a response: no other answer can be given then. */
  get answered(): boolean {
    return this.response !== undefined;
  }

  /** Whether both sides talk another protocol now. */
  get isTunnel(): boolean {
    return this.tunnel;
  }

  /** A part of the request's body. */
  fromClient(chunk: Buffer): void {
    if (!this.connection.write(chunk)) {
      this.client.pause();
    }
  }

  /** The client takes more again. */
  clientDrained(): void {
    this.connection.resume();
  }

  /** The client is gone: so is the request. */
  clientGone(): void {
    this.end(false);
  }

  targetDrained(): void {
    this.client.resume();
  }

  fromTarget(chunk: Buffer): void {
    this.client.touch();
    try {
      if (this.tunnel) {
        this.toClient(chunk);
      } else if (this.framing === undefined) {
        this.readHead(chunk);
      } else {
        this.readBody(chunk, 0);
      }
    } catch {
      this.fail(502);
    }
  }

  targetGone(error: Error | undefined): void {
    if (this.over) {
      return;
    }
    if (this.tunnel || this.framing instanceof UntilCloseFraming) {
      this.end(false);
      this.client.finish(error === undefined && !this.tunnel ? 'close' : 'end');
    } else {
      this.fail(502);
    }
  }

  /** Ends it with an error of the load balancer's, or with the connection where a response has begun. */
  fail(status: 502 | 504 | 408): void {
    if (this.over) {
      return;
    }
    this.end(false);
    if (this.answered) {
      // Not the client's own doing, which would be a 460.
      this.client.finish('end');
    } else {
      this.client.answer({ status });
    }
  }

  private readHead(chunk: Buffer): void {
    const data = this.partialHead === undefined ? chunk : Buffer.concat([this.partialHead, chunk]);
    const end = data.indexOf(headEnd);
    if ((end === -1 ? data.length : end) > headLimits.response) {
      this.fail(502);
      return;
    }
    if (end === -1) {
      this.partialHead = data;
      return;
    }
    this.partialHead = undefined;
    const { request, client } = this;
    const response = parseResponseHead(
      data.toString('latin1', 0, end),
      request.method === 'HEAD',
      client.replacedHeaders,
    );
    const rest = end + headEnd.length;
    if (response.status < 200 && response.status !== 101) {
      // Interim responses go on; the one to Expect has been given by the load balancer already.
      if (response.status !== 100 && request.httpVersion === '1.1') {
        client.write(`${response.statusLine}${response.lines}\r\n`);
      }
      if (rest < data.length) {
        this.readHead(data.subarray(rest));
      }
      return;
    }
    this.response = response;
    this.destination.tally.responded(response.status, (performance.now() - this.begun) / 1_000);
    client.responded(response.status);
    this.framing = response.framing;
    this.begin(response, data, rest);
  }

  /** Sends the head of the response, with what came of its body: most responses are one write. */
  private begin(response: ResponseHead, data: Buffer, rest: number): void {
    const { client, request } = this;
    const switches = response.status === 101;
    const untilClose = response.framing instanceof UntilCloseFraming;
    const unframed = response.chunked && request.httpVersion === '1.0';
    if (untilClose || unframed || !client.requestDone) {
      client.closeAfterwards();
    }
    let head = response.statusLine + response.lines + client.responseLines;
    head += this.destination.cookies(response.cookies);
    if (response.chunked && !unframed) {
      head += 'Transfer-Encoding: chunked\r\n';
    }
    if (!switches) {
      head += client.keepsAlive ? 'Connection: keep-alive\r\n' : 'Connection: close\r\n';
    }
    head += '\r\n';
    if (switches) {
      this.tunnel = true;
      client.write(head);
      client.beginTunnel();
      if (rest < data.length) {
        this.toClient(data.subarray(rest));
      }
      return;
    }
    if (rest === data.length || unframed) {
      client.write(head);
      this.readBody(data, rest);
      return;
    }
    const taken = response.framing.take(data, rest);
    const whole = Buffer.allocUnsafe(head.length + taken);
    whole.write(head, 0, 'latin1');
    data.copy(whole, head.length, rest, rest + taken);
    this.toClient(whole);
    this.afterBody(rest + taken < data.length);
  }

  private readBody(chunk: Buffer, offset: number): void {
    const { framing, request } = this;
    if (framing === undefined) {
      return;
    }
    if (this.response?.chunked === true && request.httpVersion === '1.0') {
      for (const part of framing.content(chunk, offset)) {
        this.toClient(part);
      }
      this.afterBody(false);
      return;
    }
    const taken = framing.take(chunk, offset);
    if (taken > 0) {
      this.toClient(taken === chunk.length ? chunk : chunk.subarray(offset, offset + taken));
    }
    this.afterBody(offset + taken < chunk.length);
  }

  /** @param surplus whether the target sent more than its response: its connection is not used again. */
  private afterBody(surplus: boolean): void {
    if (this.framing?.done !== true || this.over) {
      return;
    }
    const { client } = this;
    this.end(this.response?.keepAlive === true && client.requestDone && !surplus);
    client.finish('next');
  }

  private toClient(data: Buffer): void {
    if (!this.client.write(data)) {
      this.connection.pause();
    }
  }

  private end(reusable: boolean): void {
    if (this.over) {
      return;
    }
    this.over = true;
    this.target.inFlight -= 1;
    if (reusable) {
      this.connection.resume();
      this.connection.release();
    } else {
      this.connection.destroy();
    }
  }
}
