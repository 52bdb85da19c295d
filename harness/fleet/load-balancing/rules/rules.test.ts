import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';

import { rawRequest, sendRaw } from '../testing/client';
import { LoadBalancingUnderTest, closeServices } from '../testing/service';
import { closeTargets, namedTarget } from '../testing/target';

afterEach(async () => {
  await closeServices();
  await closeTargets();
});

const fixed = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '299' } } as const;

/** Whether a rule with one condition applies to a request. */
async function applies(condition: RuleCondition, request: string): Promise<boolean> {
  const lab = await LoadBalancingUnderTest.start();
  const { url, listener } = await lab.balanced([]);
  await lab.client.createRule({
    ListenerArn: listener,
    Priority: 1,
    Conditions: [condition],
    Actions: [fixed],
  });
  return (await sendRaw(url, request)).startsWith('HTTP/1.1 299');
}

const get = (path: string, ...headers: string[]): string => rawRequest(`GET ${path}`, ...headers);
const ofHost = (host: string): string => get('/').replace('site.example', host);

describe('a condition (rule-condition-types.html)', () => {
  const host = { Field: 'host-header', HostHeaderConfig: { Values: ['*.example.com', 'a?c.org'] } };
  const path = { Field: 'path-pattern', PathPatternConfig: { Values: ['/img/*', '/a.b', '/v?'] } };
  const header = {
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: 'User-Agent', Values: ['*Chrome*'] },
  };
  const proto = {
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: 'X-Forwarded-Proto', Values: ['https'] },
  };
  const connection = {
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: 'Connection', Values: ['close'] },
  };
  const query = {
    Field: 'query-string',
    QueryStringConfig: { Values: [{ Key: 'version', Value: 'v1' }, { Value: '*ample*' }] },
  };
  const method = { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['PUT', 'MY-METHOD'] } };
  const near = { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24', '127.0.0.0/8'] } };
  const far = { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } };

  it.each<[string, boolean, RuleCondition, string]>([
    ['on the host, any below it', true, host, ofHost('test.example.com')],
    ['on the host, without case and port', true, host, ofHost('TEST.Example.com:8080')],
    ['on the host, but not the domain itself', false, host, ofHost('example.com')],
    ['on the host, one character for ?', true, host, ofHost('abc.org')],
    ['on the host, not two for ?', false, host, ofHost('abbc.org')],
    ['on the path, with what follows', true, path, get('/img/a/b.png?x=y')],
    ['on the path, with case', false, path, get('/IMG/a')],
    ['on the path, a dot is a dot', false, path, get('/axb')],
    ['on the path, ? is one character', true, path, get('/v2')],
    ['on the path, not on the query', false, path, get('/?/img/x')],
    ['on a header, without case of name and value', true, header, get('/', 'user-AGENT: my chrome browser')],
    ['on a header, each of several', true, header, get('/', 'User-Agent: x', 'User-Agent: Chrome')],
    ['on a header that the load balancer sets itself', true, proto, get('/', 'X-Forwarded-Proto: https')],
    ['on a header of the connection', true, connection, get('/')],
    ['on a header that is not there', false, header, get('/')],
    ['on the query, key and value', true, query, get('/?a=b&version=V1')],
    ['on the query, not another key', false, query, get('/?release=v1')],
    ['on the query, any key', true, query, get('/?x=Example')],
    ['on the query, decoded', true, query, get('/?x=ex%61mple')],
    ['on the method', true, method, rawRequest('PUT /')],
    ['on the method, a custom one', true, method, rawRequest('MY-METHOD /')],
    ['on the method, not another', false, method, get('/')],
    ['on the source', true, near, get('/')],
    ['on the source, not from elsewhere', false, far, get('/')],
    ['on the source, not by X-Forwarded-For', false, far, get('/', 'X-Forwarded-For: 192.0.2.1')],
  ])('%s: %s', async (_what, expected, condition, request) => {
    expect(await applies(condition, request)).toBe(expected);
  });

  it('applies together with all others of its rule', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url, listener } = await lab.balanced([]);
    await lab.client.createRule({
      ListenerArn: listener,
      Priority: 1,
      Conditions: [path, method],
      Actions: [fixed],
    });
    expect(await sendRaw(url, rawRequest('PUT /img/x'))).toContain('HTTP/1.1 299');
    expect(await sendRaw(url, rawRequest('PUT /x'))).toContain('HTTP/1.1 503');
    expect(await sendRaw(url, get('/img/x'))).toContain('HTTP/1.1 503');
  });

  it.each<[string, RuleCondition[], string]>([
    ['of an unknown field', [{ Field: 'colour' }], "Condition field 'colour' must be one of"],
    ['without values', [{ Field: 'path-pattern', Values: [] }], 'A condition value must be specified'],
    ['twice', [path, path], "can only have one 'path-pattern' condition"],
    ['of no CIDR', [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.1'] } }], 'CIDR blocks'],
    [
      'on Host as on any header',
      [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'Host', Values: ['a'] } }],
      'host-header',
    ],
    ['with too many values', [{ Field: 'path-pattern', Values: ['1', '2', '3', '4', '5', '6'] }], 'is 5; 6'],
    [
      'by regular expressions',
      [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/a'] } }],
      'not done',
    ],
  ])('%s is refused', async (_what, Conditions, message) => {
    const lab = await LoadBalancingUnderTest.start();
    const { listener } = await lab.balanced([]);
    await expect(
      lab.client.createRule({ ListenerArn: listener, Priority: 1, Conditions, Actions: [fixed] }),
    ).rejects.toThrow(message);
  });
});

describe('an action (rule-action-types.html)', () => {
  it('answers a fixed response, also to a request with a body', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const listener = await lab.listener(await lab.loadBalancer(), {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: '404', ContentType: 'application/json', MessageBody: '{"a":1}' },
    });
    const answer = await fetch(lab.url(listener), { method: 'POST', body: 'x'.repeat(1_000_000) });
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      404,
      'application/json',
      '{"a":1}',
    ]);
  });

  it('redirects by its template, and to where another listener of the load balancer is on this machine', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const arn = await lab.loadBalancer();
    const other = lab.url(await lab.listener(arn, fixed, 8080));
    const listener = await lab.listener(arn, {
      Type: 'redirect',
      RedirectConfig: {
        Port: '8080',
        Host: 'www.#{host}',
        Path: '/new/#{path}',
        Query: '#{query}&from=#{protocol}',
        StatusCode: 'HTTP_302',
      },
    });
    const answer = await sendRaw(lab.url(listener), get('/old?a=b'));
    expect(answer).toMatch(/^HTTP\/1\.1 302 Found\r\n/);
    expect(answer).toContain(
      `\r\nLocation: http://www.site.example:${new URL(other).port}/new/old?a=b&from=HTTP\r\n`,
    );
  });

  it('forwards by weight, to none of weight 0, and keeps a client with its target group where asked', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const arn = await lab.loadBalancer();
    const groups: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const { host, port } = await namedTarget(name);
      const group = await lab.targetGroup({ Name: name, TargetType: 'ip' });
      await lab.client.registerTargets({ TargetGroupArn: group, Targets: [{ Id: host, Port: port }] });
      groups.push(group);
    }
    const listener = await lab.listener(arn, {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: groups.map((TargetGroupArn, index) => ({ TargetGroupArn, Weight: [3, 1, 0][index] })),
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
      },
    });
    const url = lab.url(listener);
    const counts: Record<string, number> = {};
    for (let index = 0; index < 200; index += 1) {
      const name = await (await fetch(url)).text();
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(Object.keys(counts).sort()).toEqual(['a', 'b']);
    expect(counts.a).toBeGreaterThan(counts.b!);
    const first = await fetch(url);
    const name = await first.text();
    const cookie = first.headers.getSetCookie()[0]!;
    expect(cookie).toMatch(/^AWSALBTG=/);
    for (let index = 0; index < 10; index += 1) {
      expect(await (await fetch(url, { headers: { cookie: cookie.split(';')[0]! } })).text()).toBe(name);
    }
  });
});
