import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { createLogger } from '../instance/logger';
import { startMetadataServer } from '../testing/metadata-server';
import type { SiteEnvironment } from './environment';
import { startSite } from './site';
import { settings, startTestBucket, type TestBucket } from './testing/bucket';

const environment: SiteEnvironment = {
  ...settings,
  region: 'us-east-2',
  host: '127.0.0.1',
  port: 0,
  drainSeconds: 0,
  logLevel: 'silent',
};
const log = createLogger('silent');

describe('a running site', () => {
  let films: TestBucket;
  let variables: Record<string, string>;

  beforeEach(async () => {
    films = await startTestBucket();
    variables = { AWS_ENDPOINT_URL: films.server.endpoint };
    process.env.AWS_ENDPOINT_URL = films.server.endpoint;
    process.env.AWS_ACCESS_KEY_ID = 'test';
    process.env.AWS_SECRET_ACCESS_KEY = 'test';
  });

  afterEach(async () => {
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
      Reflect.deleteProperty(process.env, name);
    }
    await films[Symbol.asyncDispose]();
  });

  it('answers with the uploads of its bucket', async () => {
    films.put({ 'uploads/a.txt': 'x' });
    const site = await startSite(environment, variables, log);
    expect(await (await fetch(site.url)).text()).toContain('a.txt');
    await site.stop();
  });

  it("listens on the instance's own address where it is told none", async () => {
    await using metadata = await startMetadataServer({ 'local-ipv4': '127.0.0.7' });
    const site = await startSite(
      { ...environment, host: undefined },
      { ...variables, AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.endpoint },
      log,
    );
    expect(site.url).toMatch(/^http:\/\/127\.0\.0\.7:\d+$/u);
    await site.stop();
  });

  it('finishes a request that runs when it is stopped', async () => {
    const asked = Promise.withResolvers<undefined>();
    const answer = Promise.withResolvers<undefined>();
    films.server.intercept = async () => {
      asked.resolve(undefined);
      await answer.promise;
    };
    const site = await startSite(environment, variables, log);
    const response = fetch(site.url);
    await asked.promise;
    const stopped = site.stop();
    answer.resolve(undefined);
    expect((await response).status).toBe(200);
    await stopped;
    await expect(fetch(site.url)).rejects.toThrow('fetch failed');
  });

  it('still answers while the load balancer finds out, but for the health page', async () => {
    const site = await startSite({ ...environment, drainSeconds: 1 }, variables, log);
    const stopped = site.stop();
    expect((await fetch(`${site.url}/health`)).status).toBe(503);
    expect((await fetch(site.url)).status).toBe(200);
    await stopped;
  });

  it('keeps connections for longer than a load balancer, and closes them when it stops', async () => {
    const agent = new Agent({ keepAlive: true });
    const site = await startSite(environment, variables, log);
    const [response] = (await once(httpGet(`${site.url}/health`, { agent }), 'response')) as [
      IncomingMessage,
    ];
    await text(response);
    expect(response.headers['keep-alive']).toBe('timeout=75');
    await site.stop();
    agent.destroy();
  });
});
