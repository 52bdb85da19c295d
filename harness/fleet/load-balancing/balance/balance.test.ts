import { LoadBalancingUnderTest, closeServices } from '../testing/service';
import { type TargetServer, closeTargets, httpTarget, namedTarget } from '../testing/target';

afterEach(async () => {
  await closeServices();
  await closeTargets();
});

/** Targets with addresses of their own, so that each has a health of its own. */
async function targets(...names: string[]): Promise<TargetServer[]> {
  return Promise.all(names.map((name, index) => namedTarget(name, `127.0.0.${index + 11}`)));
}

async function set(
  lab: LoadBalancingUnderTest,
  group: string,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  await lab.client.modifyTargetGroupAttributes({
    TargetGroupArn: group,
    Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
  });
}

/** How often each target answers so many requests. */
async function shares(url: string, requests: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let index = 0; index < requests; index += 1) {
    const name = await (await fetch(url)).text();
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const unhealthy = { passed: false, reason: 'Target.Timeout', description: 'Request timed out' } as const;

describe('a target group (edit-target-group-attributes.html)', () => {
  it('takes turns, as by default', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url } = await lab.balanced(await targets('a', 'b', 'c'));
    expect(await shares(url, 30)).toEqual({ a: 10, b: 10, c: 10 });
  });

  it('sends requests to healthy targets only', async () => {
    const lab = await LoadBalancingUnderTest.start();
    lab.probes.set('127.0.0.12', unhealthy);
    const { url } = await lab.balanced(await targets('a', 'b'));
    expect(await shares(url, 4)).toEqual({ a: 4 });
  });

  it('fails open: to all of them, where none is healthy', async () => {
    const lab = await LoadBalancingUnderTest.start();
    lab.probes.set('127.0.0.11', unhealthy).set('127.0.0.12', unhealthy);
    const { url } = await lab.balanced(await targets('a', 'b'));
    expect(await shares(url, 4)).toEqual({ a: 2, b: 2 });
  });

  it('fails open sooner where more have to be healthy', async () => {
    const lab = await LoadBalancingUnderTest.start();
    lab.probes.set('127.0.0.12', unhealthy);
    const { url, group } = await lab.balanced(await targets('a', 'b'));
    await set(lab, group, {
      'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': '100',
    });
    expect(await shares(url, 4)).toEqual({ a: 2, b: 2 });
  });

  it('sends a request to whom has the fewest, where that is asked for', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const busy = Promise.withResolvers<undefined>();
    const asked = Promise.withResolvers<undefined>();
    const slow = await httpTarget((_request, response) => {
      asked.resolve(undefined);
      void busy.promise.then(() => response.end('slow'));
    }, '127.0.0.11');
    const quick = await namedTarget('quick', '127.0.0.12');
    const { url, group } = await lab.balanced([slow, quick]);
    await set(lab, group, { 'load_balancing.algorithm.type': 'least_outstanding_requests' });
    const waiting: Promise<Response>[] = [fetch(url), fetch(url)];
    await asked.promise;
    expect(await shares(url, 5)).toEqual({ quick: 5 });
    busy.resolve(undefined);
    await Promise.all(waiting);
  });

  it('gives a new target a growing share, where it starts slowly', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const [first, second] = await targets('a', 'b');
    const { url, group } = await lab.balanced([first!]);
    await set(lab, group, { 'slow_start.duration_seconds': '100' });
    await lab.client.registerTargets({
      TargetGroupArn: group,
      Targets: [{ Id: second!.host, Port: second!.port }],
    });
    await lab.pass(0);
    await lab.pass(25);
    expect(await shares(url, 50)).toEqual({ a: 40, b: 10 });
    await lab.pass(75);
    expect(await shares(url, 50)).toEqual({ a: 25, b: 25 });
  });

  it('starts nobody slowly in an empty group', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url, group } = await lab.balanced([]);
    await set(lab, group, { 'slow_start.duration_seconds': '100' });
    const both = await targets('a', 'b');
    await lab.client.registerTargets({
      TargetGroupArn: group,
      Targets: both.map(({ host, port }) => ({ Id: host, Port: port })),
    });
    await lab.pass(0);
    const { a = 0, b = 0 } = await shares(url, 10);
    expect(a + b).toBe(10);
    expect(Math.max(a, b)).toBeGreaterThanOrEqual(5);
  });

  it('refuses slow start with another algorithm than round robin', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { group } = await lab.balanced([]);
    await expect(
      set(lab, group, {
        'slow_start.duration_seconds': '30',
        'load_balancing.algorithm.type': 'least_outstanding_requests',
      }),
    ).rejects.toThrow('slow start');
  });
});

/** The cookies that an answer sets, as a client sends them back. */
function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

describe('stickiness (sticky-sessions.html)', () => {
  it('by the load balancer’s cookie keeps a client with its target, until the cookie expires', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url, group } = await lab.balanced(await targets('a', 'b'));
    await set(lab, group, { 'stickiness.enabled': 'true', 'stickiness.lb_cookie.duration_seconds': '60' });
    const first = await fetch(url);
    const name = await first.text();
    const [cookie, twin] = first.headers.getSetCookie();
    expect(cookie).toMatch(/^AWSALB=[\w-]+; Expires=.+; Path=\/$/);
    expect(twin).toMatch(/^AWSALBCORS=[\w-]+; Expires=.+; Path=\/; SameSite=None$/);
    const again = async (sent = cookiesOf(first)): Promise<string> =>
      (await fetch(url, { headers: { cookie: sent } })).text();
    expect([await again(), await again(), await again()]).toEqual([name, name, name]);
    const fromElsewhere = twin!.split(';')[0]!;
    expect([await again(fromElsewhere), await again(fromElsewhere)]).toEqual([name, name]);
    await lab.pass(60);
    expect(new Set([await again(), await again()]).size).toBe(2);
  });

  it('is not to be had by a forged cookie', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url, group } = await lab.balanced(await targets('a', 'b'));
    await set(lab, group, { 'stickiness.enabled': 'true' });
    const [pair = ''] = (await fetch(url)).headers.getSetCookie()[0]!.split(';');
    const at = 'AWSALB='.length;
    const cookie = `${pair.slice(0, at)}${pair[at] === 'A' ? 'B' : 'A'}${pair.slice(at + 1)}`;
    const ask = async (): Promise<string> => (await fetch(url, { headers: { cookie } })).text();
    expect([await ask(), await ask()].sort()).toEqual(['a', 'b']);
  });

  it('ends where the target is no longer healthy', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const { url, group } = await lab.balanced(await targets('a', 'b'));
    await set(lab, group, { 'stickiness.enabled': 'true' });
    const first = await fetch(url);
    const name = await first.text();
    lab.probes.set(name === 'a' ? '127.0.0.11' : '127.0.0.12', unhealthy);
    await lab.pass(10);
    await lab.pass(10);
    expect(await (await fetch(url, { headers: { cookie: cookiesOf(first) } })).text()).not.toBe(name);
  });

  it('by the application’s cookie begins when the application sets it', async () => {
    const lab = await LoadBalancingUnderTest.start();
    const both = await Promise.all(
      ['a', 'b'].map((name) =>
        httpTarget((request, response) => {
          if (request.url === '/login') {
            response.setHeader('set-cookie', `session=${name}`);
          }
          response.end(name);
        }),
      ),
    );
    const { url, group } = await lab.balanced(both);
    await set(lab, group, {
      'stickiness.enabled': 'true',
      'stickiness.type': 'app_cookie',
      'stickiness.app_cookie.cookie_name': 'session',
      'stickiness.app_cookie.duration_seconds': '60',
    });
    expect((await fetch(url)).headers.getSetCookie()).toEqual([]);
    const login = await fetch(`${url}/login`);
    const name = await login.text();
    expect(cookiesOf(login)).toMatch(/^session=[ab]; AWSALBAPP-0=[\w-]+$/);
    expect(login.headers.getSetCookie()[1]).toContain('; Expires=Tue, 01 Dec 2026 10:00:00 GMT; Path=/');
    let cookie = cookiesOf(login);
    for (let index = 0; index < 3; index += 1) {
      await lab.pass(40);
      const next = await fetch(url, { headers: { cookie } });
      expect(await next.text()).toBe(name);
      // The duration begins anew with every answer.
      cookie = `session=${name}; ${cookiesOf(next)}`;
      expect(cookie).toMatch(/; AWSALBAPP-0=[\w-]+$/);
    }
    const withoutTheirs = cookie.replace(/^session=.; /, '');
    expect((await fetch(url, { headers: { cookie: withoutTheirs } })).headers.getSetCookie()).toEqual([]);
    await lab.pass(60);
    expect((await fetch(url, { headers: { cookie } })).headers.getSetCookie()).toEqual([]);
  });
});
