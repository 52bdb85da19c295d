import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { type AddressInfo, BlockList, connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { type Relay, startRelay } from './relay';

describe('the relay', () => {
  let target: Server;
  let relay: Relay;

  async function start(allowedAddress: string): Promise<string> {
    target = createServer((request, response) => {
      void text(request).then((body) => response.end(`${request.method ?? ''} ${body.length}`));
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    const allowed = new BlockList();
    allowed.addAddress(allowedAddress);
    relay = await startRelay({ host: '127.0.0.2', target: (target.address() as AddressInfo).port, allowed });
    return `http://127.0.0.2:${relay.port}/`;
  }

  afterEach(async () => {
    await relay.close();
    target.closeAllConnections();
    target.close();
  });

  it('passes requests and answers on, also large ones', async () => {
    const url = await start('127.0.0.1');
    const answer = await fetch(url, { method: 'PUT', body: 'x'.repeat(5_000_000) });
    expect(await answer.text()).toBe('PUT 5000000');
  });

  it('passes on the end of one side while the other still talks', async () => {
    await start('127.0.0.1');
    const socket = connect({ host: '127.0.0.2', port: relay.port, allowHalfOpen: true });
    socket.end('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab');
    expect(await text(socket)).toContain('POST 2');
  });

  it('hangs up on those who may not connect', async () => {
    const url = await start('192.0.2.1');
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('hangs up when nobody listens behind it', async () => {
    const url = await start('127.0.0.1');
    target.close();
    await once(target, 'close');
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('ends its connections when it is closed', async () => {
    await start('127.0.0.1');
    const socket = connect({ host: '127.0.0.2', port: relay.port });
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    await relay.close();
    await ended;
    expect(socket.destroyed).toBe(true);
  });
});
