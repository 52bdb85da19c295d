import { once } from 'node:events';
import { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';

/**
 * The load balancer keeps idle connections for 60 seconds. Were they closed here first, it would send a request into the
 * closing one and answer 502.
 */
const KEEP_ALIVE_MS = 75_000;

export interface SiteServer {
  /** `http://10.0.1.23:8080` */
  readonly url: string;
  /** Takes no more connections, and resolves when every request is answered. */
  readonly close: () => Promise<void>;
}

/** @throws Error when the address or the port cannot be listened on. */
export async function listen(app: Hono, host: string, port: number): Promise<SiteServer> {
  const server = createAdaptorServer({ fetch: app.fetch });
  if (!(server instanceof Server)) throw new TypeError('the adaptor made another server than HTTP/1.1');
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://${address.address}:${address.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}
