import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import { type Server, type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { type TLSSocket, createServer as createTlsServer } from 'node:tls';

import { isOn, numberOf } from '../attributes';
import type { Certificate } from '../certificate';
import type { AccessLog } from '../logs/access-log';
import type { AccessLogs } from '../logs/access-logs';
import { logLine } from '../logs/entry';
import type { Listener } from '../resources';
import type { Router } from '../rules/router';
import { tlsSettings } from '../ssl-policies';
import type { OwnAnswer } from './answers';
import { ClientConnection, type Entry } from './client-connection';
import type { Destination } from './destination';
import type { Entrance, HeadSettings, Peer } from './forwarded-head';
import { Http2Door } from './http2-door';
import type { RequestHead } from './request-head';
import type { RequestRecord } from './request-record';
import type { ResponseHeaders } from './response-head';
import { connectionId } from './trace-id';

const host = '127.0.0.1';

/** How often connections are looked at for having been idle for too long, in milliseconds. */
const sweepMs = 250;

/** A header name as clients write it: `x_frame_options` is `X-Frame-Options`. */
function headerName(name: string): string {
  return name.replace(
    /(^|_)([a-z])/g,
    (_all, mark: string, letter: string) => `${mark === '' ? '' : '-'}${letter.toUpperCase()}`,
  );
}

/** The name that a client asked for. Node has `false` for none, which its types do not know. */
function serverName(socket: TLSSocket & { readonly servername?: string | false | null }): string | undefined {
  return typeof socket.servername === 'string' ? socket.servername : undefined;
}

/** A listener on a port of this machine, with the connections of its clients. */
export class Front implements Entry {
  now = Date.now();
  idleMs = 0;
  clientKeepAliveMs = 0;
  serverLine = '';
  responseLines = '';
  replacedHeaders: ResponseHeaders = new Map();
  headSettings: HeadSettings = {
    dropInvalid: false,
    forwardedFor: 'append',
    withClientPort: false,
    preserveHost: false,
    tlsHeaders: undefined,
  };
  /** How many answers the load balancer gave itself, by status; 460 counts clients that did not wait. */
  readonly ownStatuses = new Map<number, number>();
  entrance: Entrance;
  private accessLog: AccessLog | undefined;
  private readonly connections = new Set<ClientConnection>();
  /** All that is connected, TLS handshakes that never end among them. */
  private readonly sockets = new Set<Socket>();
  private find: (request: RequestHead, peer: Peer) => Destination | OwnAnswer = () => ({ status: 503 });
  private readonly sweeper: NodeJS.Timeout;

  private constructor(
    readonly listener: Listener,
    readonly protocol: Listener['protocol'],
    readonly localPort: number,
    private readonly router: Router,
    private readonly logs: AccessLogs,
    private readonly server: Server,
    private readonly http2: Http2Door,
  ) {
    this.entrance = this.entranceNow();
    this.sweeper = setInterval(() => {
      this.now = Date.now();
      for (const connection of this.connections) {
        connection.sweep();
      }
      this.http2.sweep(this.idleMs, this.clientKeepAliveMs);
    }, sweepMs);
    this.sweeper.unref();
  }

  /** Listens on a free port. @param certificate of an HTTPS listener. */
  static async open(
    listener: Listener,
    router: Router,
    logs: AccessLogs,
    certificate: Certificate | undefined,
  ): Promise<Front> {
    const http2 = new Http2Door();
    const server =
      certificate === undefined
        ? createServer({ noDelay: true })
        : createTlsServer({
            ...tlsSettings(listener.sslPolicy),
            ...certificate,
            ALPNProtocols: isOn(listener.loadBalancer.attributes, 'routing.http2.enabled')
              ? ['h2', 'http/1.1']
              : ['http/1.1'],
          });
    server.listen(0, host, 1_024);
    await once(server, 'listening');
    const front = new Front(
      listener,
      listener.protocol,
      (server.address() as AddressInfo).port,
      router,
      logs,
      server,
      http2,
    );
    front.refresh();
    server.on('connection', (socket: Socket) => {
      front.sockets.add(socket);
      socket.on('close', () => front.sockets.delete(socket));
    });
    if (certificate === undefined) {
      server.on('connection', (socket: Socket) => {
        front.accept(socket, {
          address: socket.remoteAddress ?? '',
          port: socket.remotePort ?? 0,
          tls: undefined,
          connectionId: connectionId(),
        });
      });
    } else {
      server
        .on('tlsClientError', () => undefined)
        .on('secureConnection', (socket: TLSSocket) => {
          front.acceptTls(socket);
        });
    }
    return front;
  }

  get url(): string {
    return `${this.protocol.toLowerCase()}://${host}:${this.localPort}`;
  }

  /** Follows the listener, its rules and its load balancer after they changed. */
  refresh(): void {
    const { listener } = this;
    const { attributes } = listener.loadBalancer;
    this.accessLog = this.logs.of(listener.loadBalancer);
    this.idleMs = numberOf(attributes, 'idle_timeout.timeout_seconds') * 1_000;
    this.clientKeepAliveMs = numberOf(attributes, 'client_keep_alive.seconds') * 1_000;
    this.headSettings = {
      dropInvalid: isOn(attributes, 'routing.http.drop_invalid_header_fields.enabled'),
      forwardedFor: (attributes.get('routing.http.xff_header_processing.mode') ??
        'append') as HeadSettings['forwardedFor'],
      withClientPort: isOn(attributes, 'routing.http.xff_client_port.enabled'),
      preserveHost: isOn(attributes, 'routing.http.preserve_host_header.enabled'),
      tlsHeaders: isOn(attributes, 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled')
        ? {
            version: this.requestHeader('x_amzn_tls_version'),
            cipher: this.requestHeader('x_amzn_tls_cipher_suite'),
          }
        : undefined,
    };
    this.entrance = this.entranceNow();
    this.setResponseHeaders();
    this.find = this.router.compile(listener, this.localPort);
  }

  route(request: RequestHead, peer: Peer): Destination | OwnAnswer {
    return this.find(request, peer);
  }

  count(status: number): void {
    this.ownStatuses.set(status, (this.ownStatuses.get(status) ?? 0) + 1);
  }

  get keepsLog(): boolean {
    return this.accessLog !== undefined;
  }

  log(record: RequestRecord, peer: Peer): void {
    const { accessLog } = this;
    accessLog?.add(logLine(record.entry(peer, this.listener, accessLog.loadBalancerId)));
  }

  forget(connection: ClientConnection): void {
    this.connections.delete(connection);
  }

  /** Stops listening and ends every connection. */
  async close(): Promise<void> {
    clearInterval(this.sweeper);
    const closed = once(this.server, 'close');
    this.server.close();
    this.http2.close();
    for (const connection of this.connections) {
      connection.destroy();
    }
    for (const socket of this.sockets) {
      socket.destroy();
    }
    await closed;
  }

  private entranceNow(): Entrance {
    const { listener, localPort } = this;
    return {
      dnsName: listener.loadBalancer.dnsName,
      localPort,
      usualPort: listener.port === 80 || listener.port === 443,
    };
  }

  private accept(socket: Duplex, peer: Peer): void {
    this.connections.add(new ClientConnection(socket, this, peer));
  }

  private acceptTls(socket: TLSSocket): void {
    const http2 = socket.alpnProtocol === 'h2';
    const peer: Peer = {
      address: socket.remoteAddress ?? '',
      port: socket.remotePort ?? 0,
      tls: {
        version: socket.getProtocol() ?? '',
        cipher: socket.getCipher().name,
        serverName: serverName(socket),
        resumed: socket.isSessionReused(),
        http2,
      },
      connectionId: connectionId(),
    };
    if (http2) {
      this.http2.enter(socket, (inner) => {
        this.accept(inner, peer);
      });
    } else {
      this.accept(socket, peer);
    }
  }

  /** The name of a header that targets get, which the listener may have renamed. */
  private requestHeader(name: string): string {
    const renamed = this.listener.attributes.get(`routing.http.request.${name}.header_name`) ?? '';
    return renamed === '' ? headerName(name) : renamed;
  }

  /** Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html */
  private setResponseHeaders(): void {
    const { attributes } = this.listener;
    const replaced = new Map<string, string>();
    for (const [key, value] of attributes) {
      const name = /^routing\.http\.response\.(\w+)\.header_value$/.exec(key)?.[1];
      if (name !== undefined && value !== '') {
        replaced.set(headerName(name).toLowerCase(), `${headerName(name)}: ${value}\r\n`);
      }
    }
    this.responseLines = [...replaced.values()].join('');
    const showsServer = isOn(attributes, 'routing.http.response.server.enabled');
    this.serverLine = showsServer ? 'Server: awselb/2.0\r\n' : '';
    if (!showsServer) {
      replaced.set('server', '');
    }
    this.replacedHeaders = replaced;
  }
}
