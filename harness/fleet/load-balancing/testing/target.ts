import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, createServer } from 'node:http';
import { type AddressInfo, type Socket, createServer as createRawServer } from 'node:net';

/** A server that requests are sent to. */
export interface TargetServer {
  readonly host: string;
  readonly port: number;
  /** Requests that came, oldest first. */
  readonly requests: IncomingMessage[];
}

const closers: (() => Promise<void>)[] = [];

/** Ends every target that a test started. */
export async function closeTargets(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}

/** A target that answers as a test says, and tells its requests. */
export async function httpTarget(answer: RequestListener, host = '127.0.0.1'): Promise<TargetServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, host);
  await once(server, 'listening');
  closers.push(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return { host, port: (server.address() as AddressInfo).port, requests };
}

/** A target that says its name. */
export async function namedTarget(name: string, host = '127.0.0.1'): Promise<TargetServer> {
  return httpTarget((_request, response) => response.end(name), host);
}

/** A target that does with each connection what a test says, below HTTP. */
export async function rawTarget(accept: (socket: Socket) => void): Promise<TargetServer> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    accept(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    const closed = once(server, 'close');
    server.close();
    sockets.forEach((socket) => socket.destroy());
    await closed;
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, requests: [] };
}
