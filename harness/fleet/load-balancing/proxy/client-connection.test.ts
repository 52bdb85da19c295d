import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';

import { ClientConnection, type Entry } from './client-connection';

/** A connection whose requests the load balancer answers itself, at the time of `entry`. */
function connected(): { readonly client: Duplex; readonly entry: { now: number } } {
  const entry: Entry & { now: number } = {
    now: 0,
    idleMs: 60_000,
    clientKeepAliveMs: 60_000,
    serverLine: '',
    responseLines: '',
    replacedHeaders: new Map(),
    headSettings: {
      dropInvalid: false,
      forwardedFor: 'append',
      withClientPort: false,
      preserveHost: false,
      tlsHeaders: undefined,
    },
    entrance: { dnsName: 'web.elb.localhost', localPort: 80, usualPort: true },
    keepsLog: false,
    route: () => ({ status: 404, body: '' }),
    count: () => undefined,
    log: () => undefined,
    forget: () => undefined,
  };
  const [client, server] = duplexPair();
  const peer = { address: '127.0.0.1', port: 1, tls: undefined, connectionId: 'TID_1' };
  new ClientConnection(server, entry, peer);
  return { client, entry };
}

it('a connection that is older than the client keep-alive duration ends with an answer that says so', async () => {
  const { client, entry } = connected();
  const ask = async (): Promise<string> => {
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    return String(((await once(client, 'data')) as [Buffer])[0]);
  };
  expect(await ask()).toContain('Connection: keep-alive');
  entry.now = 60_001;
  const ended = once(client, 'end');
  expect(await ask()).toContain('Connection: close');
  await ended;
});
