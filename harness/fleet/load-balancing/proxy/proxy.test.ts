import { once } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { text } from 'node:stream/consumers';

import { WebSocket, WebSocketServer } from 'ws';

import { rawRequest, sendRaw } from '../testing/client';
import { LoadBalancingUnderTest, closeServices } from '../testing/service';
import { closeTargets, httpTarget, namedTarget, rawTarget } from '../testing/target';

afterEach(async () => {
  await closeServices();
  await closeTargets();
});

/** Waits until something is so; a test that waits for ever fails by its timeout. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await nextTurn();
  }
}

describe('a request through a load balancer', () => {
  it('reaches the target as it was sent, and so does the answer the client', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await httpTarget((request, response) => {
      void text(request).then((body) => {
        response
          .writeHead(201, 'Made', { 'X-Answer': 'yes', 'Set-Cookie': ['a=1', 'b=2'] })
          .end(`got ${body}`);
      });
    });
    const { url } = await lab.balanced([target]);
    const answer = await fetch(`${url}/a%20path?x=1&y=%C3%A9`, {
      method: 'POST',
      headers: { 'X-Question': 'why' },
      body: 'the body',
    });
    expect([answer.status, answer.statusText, await answer.text()]).toEqual([201, 'Made', 'got the body']);
    expect(answer.headers.get('x-answer')).toBe('yes');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(target.requests[0]).toMatchObject({ method: 'POST', url: '/a%20path?x=1&y=%C3%A9' });
    expect(target.requests[0]!.headers).toMatchObject({ 'x-question': 'why', 'content-length': '8' });
  });

  it('tells the target who asks, and how (x-forwarded-headers.html, load-balancer-request-tracing.html)', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await namedTarget('web');
    const { url } = await lab.balanced([target]);
    await sendRaw(
      url,
      rawRequest(
        'GET /',
        'X-Forwarded-For: 203.0.113.7',
        'X-Forwarded-Proto: https',
        'X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;CalledFrom=app',
      ),
    );
    await (await fetch(url)).text();
    const [first, second] = target.requests.map(({ headers }) => headers);
    expect(first).toMatchObject({
      host: 'site.example',
      'x-forwarded-for': '203.0.113.7, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': new URL(url).port,
    });
    expect(first!['x-amzn-trace-id']).toMatch(
      /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678;CalledFrom=app$/,
    );
    expect(second!['x-forwarded-for']).toBe('127.0.0.1');
    expect(second!['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  it.each([
    ['append', 'false', '203.0.113.7, 127.0.0.1'],
    ['preserve', 'false', '203.0.113.7'],
    ['remove', 'false', undefined],
    ['append', 'true', expect.stringMatching(/^203\.0\.113\.7, 127\.0\.0\.1:\d+$/)],
  ])('has X-Forwarded-For in mode %s, with the client’s port %s', async (mode, port, expected) => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await namedTarget('web');
    const { url, arn } = await lab.balanced([target]);
    await lab.client.modifyLoadBalancerAttributes({
      LoadBalancerArn: arn,
      Attributes: [
        { Key: 'routing.http.xff_header_processing.mode', Value: mode },
        { Key: 'routing.http.xff_client_port.enabled', Value: port },
      ],
    });
    await sendRaw(url, rawRequest('GET /', 'X-Forwarded-For: 203.0.113.7'));
    expect(target.requests[0]!.headers['x-forwarded-for']).toEqual(expected);
  });

  it('loses headers with invalid names only where that is asked for', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await namedTarget('web');
    const { url, arn } = await lab.balanced([target]);
    await sendRaw(url, rawRequest('GET /', 'my_header: 1'));
    await lab.client.modifyLoadBalancerAttributes({
      LoadBalancerArn: arn,
      Attributes: [{ Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' }],
    });
    await sendRaw(url, rawRequest('GET /', 'my_header: 1'));
    expect(target.requests.map(({ headers }) => headers.my_header)).toEqual(['1', undefined]);
  });

  it('shares connections to clients and to targets with the requests after it', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await namedTarget('web');
    const { url } = await lab.balanced([target]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let index = 0; index < 3; index += 1) {
      const sent = httpRequest(url, { agent }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      expect(await text(answer)).toBe('web');
      expect(sent.reusedSocket).toBe(index > 0);
    }
    agent.destroy();
    expect(new Set(target.requests.map(({ socket }) => socket.remotePort)).size).toBe(1);
  });

  it('ends the connection to a target that was idle for as long as the idle timeout (application-load-balancers.html)', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const closed = Promise.withResolvers<undefined>();
    const target = await rawTarget((socket) => {
      socket
        .on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
        .on('end', () => {
          closed.resolve(undefined);
        });
    });
    const { url, arn } = await lab.balanced([target]);
    await lab.client.modifyLoadBalancerAttributes({
      LoadBalancerArn: arn,
      Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }],
    });
    expect(await sendRaw(url, rawRequest('GET /'))).toMatch(/^HTTP\/1\.1 200 /);
    await closed.promise;
  });

  it('is answered in its turn where a client sends several ahead', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await httpTarget((request, response) => response.end(`path ${request.url}`));
    const { url } = await lab.balanced([target]);
    const ahead =
      'GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc';
    const answers = await sendRaw(url, ahead + rawRequest('GET /3'));
    expect(answers.match(/path \/\d/g)).toEqual(['path /1', 'path /2', 'path /3']);
  });

  it('is answered in its turn where a client sends thousands ahead', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url } = await lab.balanced([]);
    const answers = await sendRaw(
      url,
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3_000) + rawRequest('GET /'),
    );
    expect(answers.match(/^HTTP\/1\.1 503 /gm)).toHaveLength(3_001);
  });

  it('may be chunked, and so may its answer', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await httpTarget((request, response) => {
      request.pipe(response);
    });
    const { url } = await lab.balanced([target]);
    const chunks = '5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: 1\r\n\r\n';
    const answer = await sendRaw(url, `${rawRequest('POST /', 'Transfer-Encoding: chunked')}${chunks}`);
    expect(answer).toContain('Transfer-Encoding: chunked');
    expect(answer).toMatch(/\r\n\r\n[\da-f]+\r\nhello[\s\S]* world\r\n0\r\n\r\n$/);
  });

  it('of HTTP/1.0 gets its answer without chunks, and the connection ends', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await httpTarget((_request, response) => {
      response.write('hello ');
      response.end('world');
    });
    const { url } = await lab.balanced([target]);
    const answer = await sendRaw(url, 'GET / HTTP/1.0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer.endsWith('\r\n\r\nhello world')).toBe(true);
    expect(answer).not.toMatch(/chunked/i);
    expect(target.requests[0]!.headers.host).toMatch(/^web-\d+\.us-east-2\.elb\.localhost$/);
  });

  it('with Expect gets 100 Continue from the load balancer itself (HTTP connections)', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await httpTarget((request, response) => {
      request.resume().on('end', () => response.end('done'));
    });
    const { url } = await lab.balanced([target]);
    const sent = httpRequest(url, {
      method: 'PUT',
      headers: { expect: '100-continue', 'content-length': 2 },
    });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.end('ok');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect(await text(answer)).toBe('done');
    expect(target.requests[0]!.headers.expect).toBeUndefined();
  });

  it('streams: a slow reader slows the target down, and nothing piles up in between', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const size = 64 * 1024 * 1024;
    let sent = 0;
    const target = await httpTarget((_request, response) => {
      response.writeHead(200, { 'content-length': size });
      const block = Buffer.alloc(65_536);
      const more = (): void => {
        while (sent < size && response.write(block)) {
          sent += block.length;
        }
        if (sent < size) {
          sent += block.length;
          response.once('drain', more);
        } else {
          response.end();
        }
      };
      more();
    });
    const { url } = await lab.balanced([target]);
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(rawRequest('GET /'));
    await once(socket, 'readable');
    let before = -1;
    while (sent !== before) {
      before = sent;
      for (let turn = 0; turn < 50; turn += 1) {
        await nextTurn();
      }
    }
    expect(sent).toBeLessThan(size / 2);
    let received = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received += chunk.length;
    }
    expect(received).toBeGreaterThan(size);
  });

  it('may turn into a WebSocket', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await rawTarget(() => undefined);
    const http = await httpTarget(() => undefined);
    expect(target.port).not.toBe(http.port);
    const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(sockets, 'listening');
    sockets.on('connection', (socket) => {
      socket.on('message', (message: Buffer) => {
        socket.send(`echo ${message.toString()}`);
      });
    });
    const { port } = sockets.address() as { port: number };
    const { url, group } = await lab.balanced([{ host: '127.0.0.1', port }]);
    const client = new WebSocket(url.replace('http', 'ws'));
    await once(client, 'open');
    client.send('hello');
    const [message] = (await once(client, 'message')) as [Buffer];
    expect(message.toString()).toBe('echo hello');
    const [inUse] = lab.loadBalancing.store.targetGroup(group).targets.values();
    expect(inUse!.inFlight).toBe(1);
    client.close();
    await once(client, 'close');
    await until(() => inUse!.inFlight === 0);
    sockets.close();
  });
});

describe('what a load balancer answers itself (load-balancer-troubleshooting.html)', () => {
  async function statusOf(
    accept: Parameters<typeof rawTarget>[0],
    request = rawRequest('GET /'),
  ): Promise<string> {
    const lab = await LoadBalancingUnderTest.start();
    const { url } = await lab.balanced([await rawTarget(accept)]);
    return (await sendRaw(url, request)).split('\r\n')[0] ?? '';
  }

  it('is 503 where the target group has no targets', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url } = await lab.balanced([]);
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('server')]).toEqual([503, 'awselb/2.0']);
    expect(await answer.text()).toContain('<center><h1>503 Service Temporarily Unavailable</h1></center>');
  });

  it('is 502 where the target refuses the connection: another target is not tried', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await namedTarget('web');
    await closeTargets();
    const { url } = await lab.balanced([target]);
    expect((await fetch(url)).status).toBe(502);
  });

  it('is 502 where the target closes the connection before it answers', async () => {
    expect(await statusOf((socket) => socket.once('data', () => socket.end()))).toBe(
      'HTTP/1.1 502 Bad Gateway',
    );
  });

  it.each([
    'nonsense\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno header\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
  ])('is 502 where the target answers %j', async (answer) => {
    expect(await statusOf((socket) => socket.once('data', () => socket.write(answer)))).toBe(
      'HTTP/1.1 502 Bad Gateway',
    );
  });

  it('is 504 where the target does not answer within the idle timeout', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url, arn } = await lab.balanced([await rawTarget(() => undefined)]);
    await lab.client.modifyLoadBalancerAttributes({
      LoadBalancerArn: arn,
      Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }],
    });
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([
      504,
      expect.stringContaining('504 Gateway Time-out'),
    ]);
  });

  it('is 408 where the client does not finish its request within the idle timeout', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url, arn } = await lab.balanced([]);
    await lab.client.modifyLoadBalancerAttributes({
      LoadBalancerArn: arn,
      Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }],
    });
    const unfinished = ['GET / HTTP/1.1\r\nHost: ', rawRequest('POST /', 'Content-Length: 5')];
    const answers = unfinished.map(async (request) => (await sendRaw(url, request)).slice(0, 12));
    expect(await Promise.all(answers)).toEqual(['HTTP/1.1 408', 'HTTP/1.1 408']);
  });

  it('is given once the body has come, also where the connection ends with the request', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url } = await lab.balanced([]);
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(rawRequest('POST /', 'Expect: 100-continue', 'Content-Length: 5'));
    const [interim] = (await once(socket, 'data')) as [Buffer];
    expect(interim.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('hello');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 503 /);
  });

  it.each([
    ['without a Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['with two Hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400],
    ['with a space in a name', 'GET / HTTP/1.1\r\nHost: x\r\nBad name: y\r\n\r\n', 400],
    ['of two lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['with a folded header', 'GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n', 400],
    ['with a bad chunk', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400],
    ['that is a TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n', 405],
    ['of a long path', `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414],
    [
      'forwarded for 31 addresses',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${'1.1.1.1,'.repeat(30)}1.1.1.1\r\n\r\n`,
      463,
    ],
    ['of another version', 'GET / HTTP/3.0\r\nHost: x\r\n\r\n', 464],
    ['of another encoding', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n', 501],
  ])('to a request %s is an error', async (_what, request, status) => {
    const lab = await LoadBalancingUnderTest.start();
    const { url } = await lab.balanced([await namedTarget('web')]);
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(request);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString().slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    socket.destroy();
  });

  it('is none, and is not counted, where a target breaks off what it has begun to answer', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await rawTarget((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'));
    });
    const { url } = await lab.balanced([target]);
    expect(await sendRaw(url, rawRequest('GET /'))).toMatch(/\r\n\r\nhalf$/);
    expect(lab.loadBalancing.views()[0]!.listeners[0]!.ownStatuses).toEqual(new Map());
  });

  it('is 502 where the head of a response has more than 32 KiB (load-balancer-limits.html)', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const large = `X-Large: ${'x'.repeat(11_000)}\r\n`;
    const target = await httpTarget((request, response) => {
      request.socket.end(`HTTP/1.1 200 OK\r\n${large.repeat(request.url === '/3' ? 3 : 2)}\r\n`);
      response.destroy();
    });
    const { url } = await lab.balanced([target]);
    const status = async (path: string): Promise<string> =>
      (await sendRaw(url, rawRequest(`GET ${path}`))).slice(0, 12);
    expect([await status('/2'), await status('/3')]).toEqual(['HTTP/1.1 200', 'HTTP/1.1 502']);
  });

  it('is counted as 460 where the client did not wait', async () => {
    const lab = await LoadBalancingUnderTest.start();
    let asked = false;
    let ended = false;
    const target = await rawTarget((socket) => {
      socket.on('data', () => (asked = true)).on('close', () => (ended = true));
    });
    const { url } = await lab.balanced([target]);
    const giveUp = new AbortController();
    const answer = fetch(url, { signal: giveUp.signal }).catch(() => undefined);
    await until(() => asked);
    giveUp.abort();
    await answer;
    await until(() => ended);
    expect(lab.loadBalancing.views()[0]!.listeners[0]!.ownStatuses.get(460)).toBe(1);
  });
});
