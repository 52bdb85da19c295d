import { type IncomingMessage, type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import {
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  constants,
  createServer,
} from 'node:http2';
import { type Duplex, duplexPair } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TLSSocket } from 'node:tls';

/** Gives a stream of HTTP/1.1 to whoever answers it. */
type Inside = (stream: Duplex) => void;

/** A client's connection. */
interface Visit {
  readonly inside: Inside;
  readonly openedAt: number;
  /** Requests that are not answered yet. */
  open: number;
  /** When the last request began or ended, in milliseconds of this machine's time. */
  lastActive: number;
}

/** What HTTP/2 has no use for in a response. Source: RFC 9113, section 8.2.2. */
const ofConnections = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** Two ends of a stream of which none outlives the other: Node's own pair does not tell that one end was destroyed. */
function joinedPair(): [Duplex, Duplex] {
  const [near, far] = duplexPair();
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());
  return [near, far];
}

/** The headers of a request as HTTP/1.1 has them. */
function headersOf({ headers, authority, stream }: Http2ServerRequest): OutgoingHttpHeaders {
  const plain = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
  // Node would drop a body of unknown length where the method seldom has one: DELETE, OPTIONS, GET.
  const hasBody = !stream.endAfterHeaders && headers['content-length'] === undefined;
  return {
    ...Object.fromEntries(plain),
    host: authority,
    ...(hasBody ? { 'transfer-encoding': 'chunked' } : {}),
  };
}

/** Ends a request that could not be passed on: by its status where there is none yet. */
function giveUp(response: Http2ServerResponse): void {
  if (response.headersSent) {
    response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  } else {
    response.writeHead(502).end();
  }
}

/**
 * Lets in clients that speak HTTP/2: each of their requests becomes one of HTTP/1.1 inside this process, and has all that
 * such a request has here. Targets get HTTP/1.1 either way, as from an Application Load Balancer.
 */
export class Http2Door {
  private readonly visits = new Map<ServerHttp2Session, Visit>();
  private next: Inside | undefined;
  private readonly server: Http2Server = createServer((request, response) => {
    this.pass(request, response).catch(() => {
      giveUp(response);
    });
  }).on('session', (session) => {
    session.on('error', () => undefined).on('close', () => this.visits.delete(session));
    if (this.next !== undefined) {
      const now = Date.now();
      const visit: Visit = { inside: this.next, openedAt: now, open: 0, lastActive: now };
      this.visits.set(session, visit);
      session.on('stream', (stream) => {
        visit.open += 1;
        visit.lastActive = Date.now();
        stream.on('close', () => {
          visit.open -= 1;
          visit.lastActive = Date.now();
        });
      });
    }
  });

  /** @param inside is given each request's stream. */
  enter(socket: TLSSocket, inside: Inside): void {
    this.next = inside;
    this.server.emit('connection', socket);
    this.next = undefined;
  }

  /** Ends what has had no request for too long, and what is too old once its requests are answered. */
  sweep(idleMs: number, keepAliveMs: number): void {
    const now = Date.now();
    for (const [session, { openedAt, open, lastActive }] of this.visits) {
      if ((open === 0 && now - lastActive > idleMs) || now - openedAt > keepAliveMs) {
        session.close();
      }
    }
  }

  close(): void {
    for (const session of this.visits.keys()) {
      session.destroy();
    }
  }

  private async pass(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const session = response.stream.session as ServerHttp2Session | undefined;
    const inside = session === undefined ? undefined : this.visits.get(session)?.inside;
    if (inside === undefined) {
      throw new Error('its session is gone');
    }
    const [near, far] = joinedPair();
    inside(far);
    const onward = httpRequest({
      createConnection: () => near,
      method: request.method,
      path: request.url,
      headers: headersOf(request),
    });
    response.on('close', () => {
      near.destroy();
    });
    // Whether a request was passed on tells its answer alone: a target may answer before it has read all.
    void pipeline(request, onward).catch(() => undefined);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      onward.on('error', reject).on('response', resolve);
    });
    response.writeHead(
      answer.statusCode ?? 502,
      Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !ofConnections.has(name))),
    );
    response.stream.once('finish', () => {
      if (!request.complete) {
        // The rest is not wanted, and nothing went wrong. Source: RFC 9113, section 8.1.
        response.stream.close(constants.NGHTTP2_NO_ERROR);
      }
    });
    await pipeline(answer, response);
  }
}
