import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage, RequestListener } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TLSSocket, connect } from 'node:tls';

import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';

import { LoadBalancingUnderTest, closeServices } from '../testing/service';
import { type TargetServer, closeTargets, httpTarget } from '../testing/target';

afterEach(async () => {
  await closeServices();
  await closeTargets();
});

const certificate = 'arn:aws:acm:us-east-2:000000000000:certificate/12345678-1234-1234-1234-123456789012';

/** An HTTPS listener with one action; its ARN. */
async function secureListener(lab: LoadBalancingUnderTest, arn: string, action: Action): Promise<string> {
  const { Listeners } = await lab.client.createListener({
    LoadBalancerArn: arn,
    Protocol: 'HTTPS',
    Port: 443,
    Certificates: [{ CertificateArn: certificate }],
    DefaultActions: [action],
  });
  return Listeners![0]!.ListenerArn!;
}

const echo: RequestListener = (request, response) => {
  void text(request).then((body) => response.writeHead(200, { 'x-target': 'yes' }).end(`got ${body}`));
};

/** An HTTPS listener that forwards to one target. */
async function secure(answer = echo): Promise<{
  readonly lab: LoadBalancingUnderTest;
  readonly url: string;
  readonly arn: string;
  readonly listener: string;
  readonly target: TargetServer;
}> {
  const lab = await LoadBalancingUnderTest.start();
  const target = await httpTarget(answer);
  const { arn, group } = await lab.balanced([target]);
  const listener = await secureListener(lab, arn, { Type: 'forward', TargetGroupArn: group });
  return { lab, url: lab.url(listener), arn, listener, target };
}

/** A connection that offers both versions of HTTP. */
async function tlsTo(url: string): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(url).port),
    rejectUnauthorized: false,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  await once(socket, 'secureConnect');
  return socket;
}

describe('an HTTPS listener', () => {
  it('has a certificate of its own making, for this machine and the name of the load balancer', async () => {
    const { lab, url, target } = await secure();
    const sent = httpsRequest(url, { rejectUnauthorized: false, method: 'POST' }).end('hello');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect(await text(answer)).toBe('got hello');
    const { dnsName } = lab.loadBalancing.views()[0]!;
    const socket = await tlsTo(url);
    expect(socket.getPeerCertificate().subjectaltname).toBe(
      `DNS:${dnsName}, DNS:localhost, IP Address:127.0.0.1`,
    );
    socket.destroy();
    expect(target.requests[0]!.headers).toMatchObject({
      'x-forwarded-proto': 'https',
      'x-forwarded-port': new URL(url).port,
    });
  });

  it('speaks HTTP/2 with clients that do, and HTTP/1.1 with targets (HTTP connections)', async () => {
    const { url, target } = await secure();
    const session = connectHttp2(url, { rejectUnauthorized: false });
    const bodies = await Promise.all(
      ['one', 'two', 'three'].map(async (body) => {
        const stream = session.request({ ':method': 'POST', ':path': `/${body}`, 'x-test': body });
        stream.end(body);
        const [headers] = (await once(stream, 'response')) as [Record<string, string>];
        expect(headers).toMatchObject({ ':status': 200, 'x-target': 'yes' });
        return text(stream);
      }),
    );
    expect(bodies).toEqual(['got one', 'got two', 'got three']);
    expect(target.requests.map(({ httpVersion }) => httpVersion)).toEqual(['1.1', '1.1', '1.1']);
    expect(target.requests[0]!.headers).toMatchObject({
      host: new URL(url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    session.close();
    await once(session, 'close');
  });

  it.each(['DELETE', 'OPTIONS', 'GET', 'POST'])('passes the body of a %s over HTTP/2 on', async (method) => {
    const { url } = await secure();
    const session = connectHttp2(url, { rejectUnauthorized: false });
    const stream = session.request({ ':method': method, ':path': '/' }, { endStream: false });
    stream.end('hello');
    expect(await text(stream)).toBe('got hello');
    session.destroy();
  });

  it('answers a request with a body over HTTP/2 itself', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const listener = await secureListener(lab, await lab.loadBalancer(), {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: '404', MessageBody: 'none' },
    });
    const url = lab.url(listener);
    const session = connectHttp2(url, { rejectUnauthorized: false });
    const stream = session.request({ ':method': 'POST', ':path': '/' });
    stream.end('hello');
    expect(await text(stream)).toBe('none');
    session.destroy();
  });

  it('passes an answer on over HTTP/2 that comes before the target has read the body', async () => {
    const body = 'too much '.repeat(100_000);
    const { url } = await secure((_request, response) => {
      response.writeHead(413).end(body);
    });
    const session = connectHttp2(url, { rejectUnauthorized: false });
    const stream = session.request({ ':method': 'POST', ':path': '/' });
    stream.write(Buffer.alloc(1_000_000));
    let received = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    // Node's client has no `close` here: its body never ends.
    const stopped = once(stream, 'aborted');
    const ended = once(stream, 'end');
    const [headers] = (await once(stream, 'response')) as [Record<string, number>];
    expect(headers[':status']).toBe(413);
    await Promise.all([ended, stopped]);
    expect(received).toBe(body);
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
    session.destroy();
  });

  it('resets the stream over HTTP/2 where the target breaks off', async () => {
    const { url } = await secure((request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half', () => request.socket.destroy());
    });
    const session = connectHttp2(url, { rejectUnauthorized: false });
    await expect(text(session.request({ ':path': '/' }))).rejects.toThrow('NGHTTP2_INTERNAL_ERROR');
    session.destroy();
  });

  it('gives the request up where its client over HTTP/2 does', async () => {
    const asked = Promise.withResolvers<IncomingMessage>();
    const { lab, url } = await secure((request) => {
      asked.resolve(request);
    });
    const session = connectHttp2(url, { rejectUnauthorized: false });
    const stream = session.request({ ':path': '/' });
    const { socket } = await asked.promise;
    stream.close();
    await once(socket, 'close');
    expect(lab.loadBalancing.views()[0]!.listeners[1]!.ownStatuses).toEqual(new Map([[460, 1]]));
    session.destroy();
  });

  it('ends a connection over HTTP/2 that has had no request for the idle timeout, after what is asked is answered', async () => {
    const { lab, url, arn } = await secure(() => undefined);
    const idle = connectHttp2(url, { rejectUnauthorized: false });
    const waiting = connectHttp2(url, { rejectUnauthorized: false });
    const ended = Promise.all([idle, waiting].map((session) => once(session, 'close')));
    await Promise.all([idle, waiting].map((session) => once(session, 'connect')));
    const answer = once(waiting.request({ ':path': '/' }).resume(), 'response');
    await lab.client.modifyLoadBalancerAttributes({
      LoadBalancerArn: arn,
      Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }],
    });
    expect(((await answer) as [Record<string, number>])[0][':status']).toBe(504);
    await ended;
  });

  it('has Secure in the sticky cookie for other sites (sticky-sessions.html)', async () => {
    const { lab, url, arn } = await secure();
    const { TargetGroups } = await lab.client.describeTargetGroups({ LoadBalancerArn: arn });
    await lab.client.modifyTargetGroupAttributes({
      TargetGroupArn: TargetGroups![0]!.TargetGroupArn,
      Attributes: [{ Key: 'stickiness.enabled', Value: 'true' }],
    });
    const sent = httpsRequest(url, { rejectUnauthorized: false }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.headers['set-cookie']?.[1]).toMatch(/^AWSALBCORS=.+; SameSite=None; Secure$/);
  });

  it.each([
    [
      'Chromium 80 or later',
      'Mozilla/5.0 Chrome/80.0.3987.87 Safari/537.36',
      /Path=\/; SameSite=None; Secure$/,
    ],
    ['an earlier one', 'Mozilla/5.0 Chrome/79.0.3945.130 Safari/537.36', /Path=\/$/],
    ['another client', 'curl/8.5.0', /Path=\/$/],
  ])('has it in the cookie beside an application’s for %s', async (_client, userAgent, expected) => {
    const { lab, url, arn } = await secure((_request, response) => {
      response.writeHead(200, { 'set-cookie': 'session=1' }).end();
    });
    const { TargetGroups } = await lab.client.describeTargetGroups({ LoadBalancerArn: arn });
    await lab.client.modifyTargetGroupAttributes({
      TargetGroupArn: TargetGroups![0]!.TargetGroupArn,
      Attributes: [
        { Key: 'stickiness.enabled', Value: 'true' },
        { Key: 'stickiness.type', Value: 'app_cookie' },
        { Key: 'stickiness.app_cookie.cookie_name', Value: 'session' },
      ],
    });
    const headers = { 'user-agent': userAgent };
    const sent = httpsRequest(url, { rejectUnauthorized: false, headers }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.headers['set-cookie']).toEqual(['session=1', expect.stringMatching(expected)]);
  });

  it('speaks HTTP/1.1 only where HTTP/2 is switched off', async () => {
    const { lab, arn } = await secure();
    await lab.client.modifyLoadBalancerAttributes({
      LoadBalancerArn: arn,
      Attributes: [{ Key: 'routing.http2.enabled', Value: 'false' }],
    });
    const url = lab.loadBalancing.views()[0]!.listeners.find(({ port }) => port === 443)!.url;
    const socket = await tlsTo(url);
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();
  });

  it('closes at once, also while a client has not finished its handshake', async () => {
    const { lab, url, arn } = await secure();
    const silent = connectTcp(Number(new URL(url).port), '127.0.0.1');
    await once(silent, 'connect');
    // The listener has accepted those before this one.
    (await tlsTo(url)).destroy();
    await lab.client.deleteLoadBalancer({ LoadBalancerArn: arn });
    await once(silent.resume(), 'close');
    expect(lab.loadBalancing.views()).toEqual([]);
  });

  it('has no certificate to name on HTTP, and must name one on HTTPS', async () => {
    const { lab, arn } = await secure();
    const action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } } as const;
    const listener = { LoadBalancerArn: arn, DefaultActions: [action] };
    await expect(lab.client.createListener({ ...listener, Port: 81, Protocol: 'HTTPS' })).rejects.toThrow(
      'certificate must be specified',
    );
    await expect(
      lab.client.createListener({
        ...listener,
        Port: 82,
        Protocol: 'HTTP',
        Certificates: [{ CertificateArn: certificate }],
      }),
    ).rejects.toMatchObject({ name: 'InvalidConfigurationRequestException' });
  });
});

describe('headers that a listener sets (header-modification.html)', () => {
  it('tell the target of the client’s TLS, by names of one’s own', async () => {
    const { lab, url, arn, listener, target } = await secure();
    await lab.client.modifyLoadBalancerAttributes({
      LoadBalancerArn: arn,
      Attributes: [{ Key: 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled', Value: 'true' }],
    });
    await lab.client.modifyListenerAttributes({
      ListenerArn: listener,
      Attributes: [{ Key: 'routing.http.request.x_amzn_tls_version.header_name', Value: 'My-Tls' }],
    });
    const sent = httpsRequest(url, { rejectUnauthorized: false }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    const { headers } = target.requests[0]!;
    expect(headers).toMatchObject({
      'my-tls': 'TLSv1.2',
      'x-amzn-tls-cipher-suite': 'ECDHE-ECDSA-AES128-GCM-SHA256',
    });
    expect(headers).not.toHaveProperty('x-amzn-tls-version');
  });

  it('replace those of targets, and Server can be left out', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const target = await httpTarget((_request, response) =>
      response.writeHead(200, { server: 'mine', 'x-frame-options': 'ALLOW' }).end(),
    );
    const { url, listener } = await lab.balanced([target]);
    await lab.client.modifyListenerAttributes({
      ListenerArn: listener,
      Attributes: [
        { Key: 'routing.http.response.x_frame_options.header_value', Value: 'DENY' },
        { Key: 'routing.http.response.server.enabled', Value: 'false' },
      ],
    });
    const { headers } = await fetch(url);
    expect([headers.get('x-frame-options'), headers.get('server')]).toEqual(['DENY', null]);
  });
});
