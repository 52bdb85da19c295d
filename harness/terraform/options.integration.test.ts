import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { AutoScalingClient, DescribeWarmPoolCommand } from '@aws-sdk/client-auto-scaling';
import {
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

import { administrator } from '../support/account';
import { type Applied, applied } from '../testing/applied';
import { type Proof, optionProofs } from '../testing/option-proofs';
import type { AppliedResource } from './terraform';

/** With every pattern as Jest's own, so that it may stand anywhere. */
function pattern(expected: unknown): unknown {
  if (expected instanceof RegExp) {
    return expect.stringMatching(expected);
  }
  if (typeof expected !== 'object' || expected === null) {
    return expected;
  }
  return Array.isArray(expected)
    ? expected.map(pattern)
    : Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, pattern(value)]));
}

/** Of a GET; the certificate of the lab's load balancer is its own. */
async function statusOf(url: string): Promise<number | undefined> {
  const request = get(url, { rejectUnauthorized: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('every option of the modules', () => {
  let pipeline: Applied;
  let resources: readonly AppliedResource[];

  beforeAll(async () => {
    pipeline = await applied({ project: resolve('modules/testing/options') });
    resources = await pipeline.lab.terraform.resources();
  }, 400_000);

  afterAll(async () => {
    await pipeline[Symbol.asyncDispose]();
  }, 60_000);

  /** The resources at an address: CDKTF ends it with a hash. */
  const found = (address: string): AppliedResource[] =>
    resources.filter((resource) => resource.address.replace(/_[0-9A-F]{8}$/, '') === address);

  it('leaves nothing to change in a second plan', async () => {
    expect(await pipeline.lab.terraform.plan()).toMatchObject({ changes: false, changed: [] });
  }, 240_000);

  it.each(Object.entries(optionProofs))('is applied: %s', (_, { address, has = {}, absent }: Proof) => {
    expect(found(address)).toHaveLength(absent === undefined ? 1 : 0);
    for (const { values } of found(address)) {
      const { user_data: userData } = values;
      const told = typeof userData === 'string' ? Buffer.from(userData, 'base64').toString() : userData;
      expect({ ...values, user_data: told }).toMatchObject(pattern(has) as object);
    }
  });

  it('together still makes a pipeline that works: only what its filters name is announced', async () => {
    const { stage } = pipeline;
    await stage.upload('elsewhere/one.txt');
    await stage.upload('notes/one.TXT', 'a note');
    await stage.processed('notes/one.TXT');
    await stage.queueIsEmpty();
    expect(await stage.pipeline.exists(stage.pipeline.uploadKey('elsewhere/one.txt'))).toBe(true);
  }, 120_000);

  it('whose worker logs what it is asked to', async () => {
    const { stage } = pipeline;
    expect(await stage.whoseLogSays('"msg":"task done"')).not.toEqual([]);
  });

  it('beside workers that wait in a warm pool: they have booted, and said so', async () => {
    const { lab, stage } = pipeline;
    const { endpoint, outputs } = lab;
    const autoScaling = new AutoScalingClient({
      endpoint,
      region: outputs.region,
      credentials: administrator,
    });
    const warm = await stage.until('a worker in the warm pool', async () => {
      const pool = await autoScaling.send(new DescribeWarmPoolCommand({ AutoScalingGroupName: 'third' }));
      return pool.Instances?.find(({ LifecycleState }) => LifecycleState === 'Warmed:Running');
    });
    const worker = lab.fleet.body(warm.InstanceId!)!;
    expect(await worker.journal(outputs.workerService)).toContain('no tasks are taken');
    autoScaling.destroy();
  }, 120_000);

  it('that encrypts with a key of its own, which a worker must be allowed to use', async () => {
    const { lab, stage } = pipeline;
    const { endpoint, outputs } = lab;
    const iam = new IAMClient({ endpoint, region: outputs.region, credentials: administrator });
    const { roleName: RoleName, policy: PolicyName } = (await lab.access.usedGrants()).find(
      ({ sid }) => sid === 'WriteEncrypted',
    )!;
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const whole = decodeURIComponent(PolicyDocument!);
    const put = (document: string): Promise<unknown> =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document }));
    const { Statement, ...rest } = JSON.parse(whole) as { Statement: { Sid: string }[] };
    const others = Statement.filter(({ Sid }) => !['WriteEncrypted', 'ReadEncryptedTasks'].includes(Sid));
    expect(others).toHaveLength(Statement.length - 2);

    await put(JSON.stringify({ ...rest, Statement: others }));
    await stage.upload('notes/secret.txt', 'a secret');
    const denial = await stage.until('the denial', () =>
      lab.access.denials.find(({ principal }) => principal.includes(`:assumed-role/${RoleName}/`)),
    );
    expect(denial).toMatchObject({
      action: 'kms:Decrypt',
      resource: expect.stringMatching(/:key\//) as string,
    });

    await put(whole);
    await stage.processed('notes/secret.txt');
    iam.destroy();
  }, 120_000);

  it('that serves people by HTTPS, and sends them there from HTTP', async () => {
    const { lab, stage } = pipeline;
    const urls = lab.fleet.loadBalancers()[0]!.listeners.map(({ url }) => url);
    const http = urls.find((url) => url.startsWith('http:'))!;
    const https = urls.find((url) => url.startsWith('https:'))!;
    const redirect = await fetch(`${http}/files?name=a`, { redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([301, `${https}/files?name=a`]);
    await stage.until('the site by HTTPS', async () => (await statusOf(https)) === 200);
  }, 120_000);

  it('and logs their requests to the bucket that lets it', async () => {
    const { lab } = pipeline;
    const common = { endpoint: lab.endpoint, region: lab.outputs.region, credentials: administrator };
    const balancing = new ElasticLoadBalancingV2Client(common);
    const s3 = new S3Client({ ...common, forcePathStyle: true });
    const { arn, listeners } = lab.fleet.loadBalancers()[0]!;
    const https = listeners.find(({ protocol }) => protocol === 'HTTPS')!;
    expect(await statusOf(`${https.url}/health?seen=in-the-log`)).toBe(200);
    const log = (on: boolean): Promise<unknown> =>
      balancing.send(
        new ModifyLoadBalancerAttributesCommand({
          LoadBalancerArn: arn,
          Attributes: [{ Key: 'access_logs.s3.enabled', Value: String(on) }],
        }),
      );
    // What has been logged is delivered at once when the log is switched off.
    await log(false);
    const Prefix = 'first-web/AWSLogs/000000000000/';
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'options-logs', Prefix }));
    const keys = Contents.map(({ Key = '' }) => Key);
    expect(keys).toContain(`${Prefix}ELBAccessLogTestFile`);
    const files = await Promise.all(
      keys
        .filter((key) => key.endsWith('.log.gz'))
        .map(async (Key) => {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'options-logs', Key }));
          return gunzipSync(await Body!.transformToByteArray()).toString();
        }),
    );
    expect(files.join('')).toMatch(/^https .* 200 200 .*:443\/health\?seen=in-the-log HTTP\/1\.1"/m);
    await log(true);
    balancing.destroy();
    s3.destroy();
  }, 60_000);

  it('that keeps what holds data: preventDestroy makes Terraform refuse to destroy it', async () => {
    await expect(pipeline.lab.terraform.destroy()).rejects.toThrow(/prevent_destroy/);
    const { pipeline: client } = pipeline.stage;
    expect(await client.read(client.processedKey('notes/one.TXT'))).toBe('a note');
  }, 240_000);

  it('had no trouble in the fleet all along', () => {
    expect(pipeline.problems).toEqual([]);
  });
});
