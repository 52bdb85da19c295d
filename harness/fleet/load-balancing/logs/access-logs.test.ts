import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';

import { WebSocket, WebSocketServer } from 'ws';

import { HandClock } from '../../testing/clock';
import type { LoadBalancer } from '../resources';
import { rawRequest, sendRaw } from '../testing/client';
import { LogsInMemory } from '../testing/logs';
import { LoadBalancingUnderTest, closeServices } from '../testing/service';
import { closeTargets, httpTarget, namedTarget, rawTarget } from '../testing/target';
import { AccessLog } from './access-log';

afterEach(async () => {
  await closeServices();
  await closeTargets();
});

const home = { accountId: '000000000000', region: 'us-east-2' };
const loadBalancer = { arn: 'arn:aws:x:loadbalancer/app/web/1', name: 'web' } as LoadBalancer;
const place = { bucket: 'logs', prefix: '' };

const fields = (line: string): string[] => line.match(/"[^"]*"|\S+/g) ?? [];

async function switchLogs(lab: LoadBalancingUnderTest, arn: string, on = true, prefix = ''): Promise<void> {
  await lab.client.modifyLoadBalancerAttributes({
    LoadBalancerArn: arn,
    Attributes: [
      { Key: 'access_logs.s3.enabled', Value: String(on) },
      { Key: 'access_logs.s3.bucket', Value: 'logs' },
      { Key: 'access_logs.s3.prefix', Value: prefix },
    ],
  });
}

/** A load balancer that logs, with a target; what it has logged is delivered when its log is switched off. */
async function logging(target: Parameters<LoadBalancingUnderTest['balanced']>[0][number]): Promise<{
  readonly lab: LoadBalancingUnderTest;
  readonly url: string;
  readonly arn: string;
  readonly group: string;
  readonly listener: string;
  readonly logged: () => Promise<string[]>;
}> {
  const lab = await LoadBalancingUnderTest.start();
  const balanced = await lab.balanced([target]);
  await switchLogs(lab, balanced.arn);
  const logged = async (): Promise<string[]> => {
    await switchLogs(lab, balanced.arn, false);
    return lab.logs.entries(1);
  };
  return { lab, ...balanced, logged };
}

describe('access logs are switched on (enable-access-logging.html)', () => {
  it('where the bucket takes a test file', async () => {
    const lab = await LoadBalancingUnderTest.start();
    await switchLogs(lab, await lab.loadBalancer(), true, 'web');
    expect(lab.logs.objects.map(({ bucket, key }) => [bucket, key])).toEqual([
      ['logs', 'web/AWSLogs/000000000000/ELBAccessLogTestFile'],
    ]);
  });

  it('and else nothing is changed', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const arn = await lab.loadBalancer();
    lab.logs.closed.add('logs');
    await expect(switchLogs(lab, arn)).rejects.toMatchObject({
      name: 'InvalidConfigurationRequestException',
      message: 'Access Denied for bucket: logs',
    });
    const { Attributes } = await lab.client.describeLoadBalancerAttributes({ LoadBalancerArn: arn });
    expect(Attributes).toContainEqual({ Key: 'access_logs.s3.enabled', Value: 'false' });
    expect(Attributes).toContainEqual({ Key: 'access_logs.s3.bucket', Value: '' });
  });

  it.each([
    ['without a bucket', 'access_logs.s3.enabled', 'true', 'S3Bucket name cannot be empty'],
    ['of connections', 'connection_logs.s3.enabled', 'true', 'connection_logs.s3.enabled'],
    ['of health checks', 'health_check_logs.s3.enabled', 'true', 'health_check_logs.s3.enabled'],
  ])('but not %s', async (_what, Key, Value, message) => {
    const lab = await LoadBalancingUnderTest.start();
    const LoadBalancerArn = await lab.loadBalancer();
    const Attributes = [{ Key, Value }];
    await expect(lab.client.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes })).rejects.toThrow(
      message,
    );
  });

  it('but not with a prefix that AWS keeps for itself', async () => {
    const lab = await LoadBalancingUnderTest.start();
    await expect(switchLogs(lab, await lab.loadBalancer(), true, 'my/AWSLogs')).rejects.toThrow('AWSLogs');
  });
});

describe('an access log tells of (load-balancer-access-logs.html)', () => {
  it('a request that was forwarded', async () => {
    const target = await namedTarget('web');
    const { url, arn, group, logged } = await logging(target);
    const request = rawRequest('POST /a?b=c', 'User-Agent: me "too"', 'Content-Length: 5') + 'hello';
    const answer = await sendRaw(url, request);
    const [line = '', ...others] = await logged();
    expect(others).toEqual([]);
    const [type, time, elb, client, to, first, second, third, ...rest] = fields(line);
    expect([type, elb, to, third]).toEqual([
      'http',
      arn.slice(arn.indexOf('app/')),
      `127.0.0.1:${target.port}`,
      '0.000',
    ]);
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(client).toMatch(/^127\.0\.0\.1:\d+$/);
    expect([first, second]).toEqual([
      expect.stringMatching(/^\d\.\d{3}$/),
      expect.stringMatching(/^\d\.\d{3}$/),
    ]);
    expect(rest).toEqual([
      '200',
      '200',
      String(request.length),
      String(answer.length),
      '"POST http://site.example:80/a?b=c HTTP/1.1"',
      '"me \\x22too\\x22"',
      '-',
      '-',
      group,
      `"${target.requests[0]!.headers['x-amzn-trace-id'] as string}"`,
      '"-"',
      '"-"',
      '0',
      expect.stringMatching(/Z$/),
      '"forward"',
      '"-"',
      '"-"',
      `"127.0.0.1:${target.port}"`,
      '"200"',
      '"-"',
      '"-"',
      expect.stringMatching(/^TID_[0-9a-f]{32}$/),
      '"-"',
      '"-"',
      '"-"',
    ]);
  });

  it('what the load balancer answered itself', async () => {
    const { lab, url, group, listener, logged } = await logging(
      await rawTarget((socket) => socket.destroy()),
    );
    const rule = (Priority: number, path: string, action: object): Promise<unknown> =>
      lab.client.createRule({
        ListenerArn: listener,
        Priority,
        Conditions: [{ Field: 'path-pattern', Values: [path] }],
        Actions: [action as never],
      });
    await rule(7, '/fixed', { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } });
    const RedirectConfig = { Host: 'else.example', Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' };
    await rule(8, '/moved', { Type: 'redirect', RedirectConfig });
    const nobody = await lab.targetGroup({ Name: 'nobody' });
    await rule(9, '/nobody', { Type: 'forward', TargetGroupArn: nobody });
    for (const request of [
      rawRequest('GET /fixed'),
      rawRequest('GET /moved'),
      rawRequest('GET /nobody'),
      rawRequest('GET /broken'),
      'nonsense\r\n\r\n',
    ]) {
      await sendRaw(url, request);
    }
    const seen = (await logged()).map((line) => {
      const all = fields(line);
      // target, times, statuses; request; group; rule; action, redirect; list of targets' statuses
      return [...all.slice(4, 10), all[12], all[16], all[20], all[22], all[23], all[26]].join(' ');
    });
    const { dnsName } = lab.loadBalancing.views()[0]!;
    const none = '- -1 -1 -1';
    const get = (path: string): string => `"GET http://site.example:80/${path} HTTP/1.1"`;
    expect(seen).toEqual([
      `${none} 404 - ${get('fixed')} - 7 "fixed-response" "-" "-"`,
      `${none} 301 - ${get('moved')} - 8 "redirect" "https://else.example/moved" "-"`,
      `${none} 503 - ${get('nobody')} ${nobody} 9 "forward" "-" "-"`,
      expect.stringMatching(/^127\.0\.0\.1:\d+ -1 -1 -1 502 - "GET .*broken.*" arn:.* 0 "forward" "-" "-"$/),
      `${none} 400 - "- http://${dnsName}:80- -" - - "-" "-" "-"`,
    ]);
    expect(seen[3]).toContain(group);
  });

  it('a client that did not wait', async () => {
    const asked = Promise.withResolvers<undefined>();
    const { url, logged, lab } = await logging(
      await httpTarget(() => {
        asked.resolve(undefined);
      }),
    );
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(rawRequest('GET /'));
    await asked.promise;
    socket.destroy();
    while (lab.loadBalancing.views()[0]!.listeners[0]!.ownStatuses.get(460) === undefined) {
      await new Promise(setImmediate);
    }
    const [line = ''] = await logged();
    expect(fields(line).slice(5, 10)).toEqual(['-1', '-1', '-1', '460', '-']);
  });

  it('a WebSocket when it is closed, with all its bytes', async () => {
    const target = await httpTarget(() => undefined);
    const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(sockets, 'listening');
    sockets.on('connection', (socket) =>
      socket.on('message', () => {
        socket.close();
      }),
    );
    const { port } = sockets.address() as { port: number };
    const { url, logged } = await logging({ ...target, port });
    const socket = new WebSocket(url.replace('http', 'ws'));
    await once(socket, 'open');
    socket.send('x'.repeat(1_000));
    await once(socket, 'close');
    sockets.close();
    const [line = ''] = await logged();
    const all = fields(line);
    expect([all[0], all[8], all[9]]).toEqual(['ws', '101', '101']);
    expect(Number(all[10])).toBeGreaterThan(1_000);
  });

  it('how a client came by HTTPS, and by which version of HTTP', async () => {
    const { lab, arn, group, logged } = await logging(await namedTarget('web'));
    const certificate = 'arn:aws:acm:us-east-2:000000000000:certificate/12345678-1234-1234-1234-123456789012';
    const { Listeners } = await lab.client.createListener({
      LoadBalancerArn: arn,
      Protocol: 'HTTPS',
      Port: 443,
      Certificates: [{ CertificateArn: certificate }],
      DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
    });
    const url = lab.url(Listeners![0]!.ListenerArn!);
    const options = { rejectUnauthorized: false, servername: 'films.example' };
    const headers = { host: 'films.example:8443' };
    const [answer] = (await once(httpsRequest(url, { ...options, headers }).end(), 'response')) as [
      NodeJS.ReadableStream,
    ];
    await once(answer.resume(), 'end');
    const session = connectHttp2(url, options);
    await once(session.request({ ':path': '/two' }).resume(), 'end');
    session.close();
    await once(session, 'close');
    const seen = (await logged()).map((line) => {
      const all = fields(line);
      return [all[0], all[12], all[15], all[18], all[19]];
    });
    const host = 'https://films.example:443';
    expect(seen).toEqual([
      ['https', `"GET ${host}/ HTTP/1.1"`, 'TLSv1.2', '"films.example"', `"${certificate}"`],
      ['h2', `"GET ${host}/two HTTP/2.0"`, 'TLSv1.2', '"films.example"', `"${certificate}"`],
    ]);
  });
});

describe('an access log is delivered', () => {
  it('every five minutes', async () => {
    const { lab, url, arn } = await logging(await namedTarget('web'));
    await (await fetch(url)).text();
    lab.clock.pass(300);
    const id = arn.slice(arn.indexOf('app/')).replaceAll('/', '.');
    expect(await lab.logs.keys(1)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^AWSLogs/000000000000/elasticloadbalancing/us-east-2/2026/11/24/000000000000_elasticloadbalancing_us-east-2_${id}_20261124T1005Z_127\\.0\\.0\\.1_[0-9a-f]{8}\\.log\\.gz$`,
        ),
      ),
    ]);
  });

  it('neither before they are over, nor where there was no request', async () => {
    const store = new LogsInMemory();
    const clock = new HandClock();
    const log = new AccessLog(loadBalancer, place, { home, clock, store, onError: () => undefined });
    log.add('a request\n');
    clock.pass(299);
    log.tick();
    clock.pass(1);
    log.tick();
    await log.deliver();
    expect(store.objects.map(({ key }) => key)).toEqual([expect.stringContaining('_20261124T1005Z_')]);
    clock.pass(300);
    log.tick();
    await log.deliver();
    expect(store.objects).toHaveLength(1);
  });

  it('with what is left when the load balancer goes', async () => {
    const { lab, url, arn } = await logging(await namedTarget('web'));
    await (await fetch(url)).text();
    await lab.client.deleteLoadBalancer({ LoadBalancerArn: arn });
    expect(await lab.logs.entries(1)).toHaveLength(1);
  });

  it('with what is left when the lab closes', async () => {
    const { lab, url } = await logging(await namedTarget('web'));
    await (await fetch(url)).text();
    await lab.loadBalancing.close();
    expect(await lab.logs.entries(1)).toHaveLength(1);
  });

  it('or it is told that it is not, while requests go on', async () => {
    const { lab, url, arn } = await logging(await namedTarget('web'));
    await (await fetch(url)).text();
    lab.logs.closed.add('logs');
    await switchLogs(lab, arn, false);
    expect(await (await fetch(url)).text()).toBe('web');
    expect(lab.errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(
          /^1 request is missing in the access log of web \(s3:\/\/logs\/AWSLogs\/.*\): Access Denied for bucket: logs$/,
        ) as string,
      }),
    ]);
  });

  it('at once where much waits; where S3 takes too long for it, what comes then is counted and told', async () => {
    const writes: (() => void)[] = [];
    const errors: unknown[] = [];
    const world = {
      home,
      clock: new HandClock(),
      store: { put: () => new Promise<void>((resolve) => writes.push(resolve)) },
      onError: (error: unknown) => errors.push(error),
    };
    const log = new AccessLog(loadBalancer, place, world);
    const large = `${'x'.repeat(4_194_303)}\n`;
    for (const line of [large, large, 'skipped\n', 'skipped\n']) {
      log.add(line);
    }
    const all = log.deliver();
    for (const write of [1, 2]) {
      while (writes.length < write) {
        await new Promise(setImmediate);
      }
      writes[write - 1]!();
    }
    await all;
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^2 requests are missing .* S3 took too long/) as string,
      }),
    ]);
  });
});
