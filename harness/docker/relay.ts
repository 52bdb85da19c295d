import { once } from 'node:events';
import { type AddressInfo, type BlockList, type Socket, connect, createServer, isIPv6 } from 'node:net';
import { pipeline } from 'node:stream';

/** Where a port of this machine's loopback is reached from elsewhere. */
export interface Relay {
  /** Port of the relay, on the address it was started on. */
  readonly port: number;
  /** Stops it and ends its connections. Idempotent. */
  close(): Promise<void>;
}

/** What to relay, and for whom. */
export interface RelayOptions {
  /** Address of this machine to listen on. */
  readonly host: string;
  /** Port on 127.0.0.1 that connections go on to. */
  readonly target: number;
  /** Who may connect; anybody else is hung up on. */
  readonly allowed: BlockList;
}

function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    pipeline(from, to, (error) => {
      if (error) {
        from.destroy();
        to.destroy();
      }
    });
  }
}

/**
 * Passes TCP connections on to a port of this machine's loopback.
 *
 * @throws the error of `listen`: EADDRNOTAVAIL when the address is not this machine's.
 */
export async function startRelay({ host, target, allowed }: RelayOptions): Promise<Relay> {
  const open = new Set<Socket>();
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const from = client.remoteAddress ?? '';
    if (!allowed.check(from, isIPv6(from) ? 'ipv6' : 'ipv4')) {
      client.destroy();
      return;
    }
    const upstream = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
    keep(client);
    keep(upstream);
    join(client, upstream);
  }).listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      if (server.listening) {
        const closed = once(server, 'close');
        server.close();
        for (const socket of open) {
          socket.destroy();
        }
        await closed;
      }
    },
  };
}
