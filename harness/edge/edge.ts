import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { messageOf } from '../support/message-of';
import { type Call, actionOf, credentialScope, isForm } from './call';
import { giveBack } from './corrections/abandoned-receive';
import { answerCorrections } from './corrections/answers';
import { errorBody } from './error-answer';
import { Faults } from './faults';
import { passOn, send } from './forward';
import type { Answer, Guard, Verdict } from './guard';
import { bucketOfHost } from './virtual-host';

const host = '127.0.0.1';

/** Bodies of calls to other services than S3 are read whole; SQS and SNS allow 1 MiB, encoded in JSON or a form. */
const largestBody = 8 * 1024 * 1024;

/** Sends a call on to the emulator, with another body than the client's, and its answer to the client. */
export type Forward = (body: Buffer) => Promise<void>;

/** Answers a call, in the emulator's place or by its help. It may reject: the client then gets a 502 with the reason. */
export type CallHandler = (
  call: Call,
  body: Buffer,
  response: ServerResponse,
  forward: Forward,
) => Promise<void>;

/** Answers requests that are no AWS calls. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A call that was answered. */
export interface RecordedCall extends Omit<Call, 'headers'> {
  readonly status: number;
}

/** Where the edge listens. */
export interface EdgeOptions {
  /** Port on 127.0.0.1. @default 0, a free one */
  readonly port?: number;
}

/** The one URL in front of everything: routes by service, lets parts of the harness answer, records, breaks. */
export class Edge {
  /** What can be broken between clients and services. */
  readonly faults = new Faults();
  private emulator: URL | undefined;
  private controlHandler: RequestHandler | undefined;
  private ask: Guard = () => Promise.resolve({});
  private readonly handlers = new Map<string, CallHandler>();
  private readonly listeners: ((call: RecordedCall) => void)[] = [];
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      this.giveUp(response, error);
    });
  });

  private constructor() {
    // Uploads may take longer than Node's five minutes for a request.
    this.server.requestTimeout = 0;
    // SDK clients keep connections for longer than Node's five seconds, and would meet a closed one.
    this.server.keepAliveTimeout = 65_000;
  }

  /** @throws Error when the port is taken, with what to do about it. */
  static async start({ port = 0 }: EdgeOptions = {}): Promise<Edge> {
    const edge = new Edge();
    edge.server.listen(port, host);
    try {
      await once(edge.server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
        throw new Error(
          `Port ${port} on ${host} is taken. Free it, or choose another with --port (0 for any free one).`,
        );
      }
      throw error;
    }
    return edge;
  }

  /** E.g. `http://127.0.0.1:4566`. */
  get url(): string {
    return `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }

  /** Where LocalStack itself is, once it runs: past the edge, for what no AWS API tells. */
  get emulatorUrl(): string | undefined {
    return this.emulator?.origin;
  }

  /** Sends on to LocalStack whatever nobody else answers. Until then such calls get a 503. */
  forwardTo(emulatorUrl: string): void {
    this.emulator = new URL(emulatorUrl);
  }

  /** Lets `handler` answer a whole service, or one action of it. */
  serve(service: string, handler: CallHandler, action = '*'): void {
    this.handlers.set(`${service}:${action}`, handler);
  }

  /** Lets `handler` answer `/_lab/…`. */
  control(handler: RequestHandler): void {
    this.controlHandler = handler;
  }

  /** Lets `guard` decide on each call before anybody answers it. */
  guard(guard: Guard): void {
    this.ask = guard;
  }

  /** Tells `listener` of each call right after it has been answered. */
  onCall(listener: (call: RecordedCall) => void): void {
    this.listeners.push(listener);
  }

  /** Stops listening and ends every connection. Idempotent. */
  async close(): Promise<void> {
    if (!this.server.listening) {
      return;
    }
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path.startsWith('/_lab/') && this.controlHandler !== undefined) {
      await this.controlHandler(request, response);
      return;
    }
    const scope = credentialScope(request);
    // Unsigned form posts are query calls by hand (Action=…) or browser uploads to a bucket: LocalStack tells them apart.
    const service = scope?.service ?? 's3';
    const bucket = service === 's3' ? bucketOfHost(request.headers.host) : undefined;
    const fullPath = bucket === undefined ? path : `/${bucket}${path}`;
    const body = service === 's3' && streams(request, fullPath) ? undefined : await readBody(request);
    const call: Call = {
      service,
      action: service === 's3' ? undefined : actionOf(request, body),
      method: request.method ?? 'GET',
      path: fullPath,
      accessKeyId: scope?.accessKeyId,
      headers: request.headers,
    };
    await this.faults.pass(call);
    if (response.destroyed) {
      return;
    }
    const failure = this.faults.take(call);
    const { answer, ...hooks } = await this.ask(call, request, body);
    const handler = this.handlers.get(`${service}:${call.action ?? ''}`) ?? this.handlers.get(`${service}:*`);
    if (failure !== undefined) {
      request.resume();
      const { contentType, content } = errorBody(
        call,
        failure.code,
        'A fault that was injected at the edge.',
      );
      response.writeHead(failure.status, { 'content-type': contentType }).end(content);
    } else if (answer !== undefined) {
      request.resume();
      give(answer, response);
    } else if (handler !== undefined) {
      await handler(call, body ?? Buffer.alloc(0), response, (changed) =>
        this.forward(request, response, call, changed),
      );
    } else {
      await this.forward(request, response, call, body, {
        ...(bucket === undefined ? {} : { host: this.emulator?.host ?? host }),
        ...hooks,
      });
    }
    const { headers: _headers, ...recorded } = call;
    for (const listener of this.listeners) {
      listener({ ...recorded, status: response.statusCode });
    }
  }

  private async forward(
    request: IncomingMessage,
    response: ServerResponse,
    call: Call,
    body: Buffer | undefined,
    { onMissing, onAnswer, ...hostHeader }: { host?: string } & Omit<Verdict, 'answer'> = {},
  ): Promise<void> {
    const origin = this.emulator;
    if (origin === undefined) {
      const { contentType, content } = errorBody(
        call,
        'ServiceUnavailable',
        'The emulator is still starting.',
      );
      response.writeHead(503, { 'content-type': contentType }).end(content);
      return;
    }
    const clientGone = new AbortController();
    const isReceive = call.service === 'sqs' && call.action === 'ReceiveMessage';
    response.once('close', () => {
      if (!response.writableFinished && !isReceive) {
        clientGone.abort();
      }
    });
    const answer = await send(request, { origin, path: call.path, body, ...hostHeader }, clientGone.signal);
    if (isReceive && response.destroyed && body !== undefined) {
      await giveBack(request, body, answer, origin);
      return;
    }
    const instead = answer.statusCode === 404 ? await onMissing?.() : undefined;
    if (instead !== undefined) {
      answer.resume();
      give(instead, response);
      return;
    }
    const correct = answerCorrections.get(`${call.service}:${call.action ?? ''}`);
    const hear = (content: string): string => {
      onAnswer?.(content);
      return correct?.(content) ?? content;
    };
    await passOn(answer, response, correct === undefined && onAnswer === undefined ? undefined : hear);
  }

  private giveUp(response: ServerResponse, error: unknown): void {
    if (response.destroyed) {
      return;
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const message = messageOf(error);
    const status = error instanceof BodyTooLarge ? 413 : 502;
    response
      .writeHead(status, { 'content-type': 'text/plain' })
      .end(`The edge could not answer: ${message}\n`);
  }
}

/** What goes to an object, or comes with a browser's form, may be of any size; the rest of S3 is told in small documents. */
function streams({ headers }: IncomingMessage, path: string): boolean {
  const isObject = /^\/[^/?]+\/[^?]/.test(path);
  const isUploadForm = (headers['content-type'] ?? '').startsWith('multipart/form-data');
  return (isObject || isUploadForm) && !isForm(headers);
}

function give({ status, headers, content }: Answer, response: ServerResponse): void {
  response.writeHead(status, headers).end(content);
}

class BodyTooLarge extends Error {
  constructor() {
    super(`the body has more than ${largestBody} bytes`);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) {
      throw new BodyTooLarge();
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
