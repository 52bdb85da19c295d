import { closeTargets, httpTarget, rawTarget } from '../testing/target';
import { matchesCode, probe } from './probe';

afterEach(closeTargets);

const check = { protocol: 'HTTP', path: '/health', timeout: 1, matcher: '200' } as const;

describe('a health check', () => {
  it('asks for the path, as the health checker of ELB, on a connection of its own', async () => {
    const target = await httpTarget((_request, response) => response.end());
    expect(await probe(target, check)).toEqual({ passed: true });
    expect(target.requests[0]).toMatchObject({
      url: '/health',
      headers: {
        'user-agent': 'ELB-HealthChecker/2.0',
        host: `${target.host}:${target.port}`,
        connection: 'close',
      },
    });
  });

  it('fails with the code that it got', async () => {
    const target = await httpTarget((_request, response) => response.writeHead(503).end());
    expect(await probe(target, check)).toEqual({
      passed: false,
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [503]',
    });
  });

  it('fails by time where there is no answer', async () => {
    const target = await rawTarget(() => undefined);
    expect(await probe(target, { ...check, timeout: 0.05 })).toEqual({
      passed: false,
      reason: 'Target.Timeout',
      description: 'Request timed out',
    });
  });

  it('fails where the connection is refused', async () => {
    const { host, port } = await rawTarget(() => undefined);
    await closeTargets();
    expect(await probe({ host, port }, check)).toEqual({
      passed: false,
      reason: 'Target.FailedHealthChecks',
      description: 'Health checks failed',
    });
  });

  it.each([
    { port: 70_000, path: '/' },
    { port: 9, path: '/health check' },
  ])('fails where it cannot be sent: %j', async ({ port, path }) => {
    expect(await probe({ host: '127.0.0.1', port }, { ...check, path })).toMatchObject({
      reason: 'Target.FailedHealthChecks',
    });
  });

  it.each([
    ['200', 200, true],
    ['200', 204, false],
    ['200,202', 202, true],
    ['200-299', 250, true],
    ['200-299', 300, false],
    ['204,300-308', 301, true],
  ])('of %s takes %i: %s', (matcher, status, expected) => {
    expect(matchesCode(matcher, status)).toBe(expected);
  });
});
