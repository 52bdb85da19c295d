import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ConfigurationError, parseConfiguration } from './config';
import { synthesize } from './main';

const run = promisify(execFile);
const oneInstance = { minSize: 1, desiredCapacity: 1, maxSize: 1 };

// Each synthesis is a process of its own.
jest.setTimeout(120_000);

interface StackJson {
  readonly terraform: { readonly backend: Readonly<Record<string, unknown>> };
  readonly provider: { readonly aws: readonly Record<string, unknown>[] };
  readonly output: Readonly<Record<string, unknown>>;
}

describe('the app', () => {
  let folder: string;
  let workerArtifact: string;
  let forAws: StackJson;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'main-'));
    workerArtifact = join(folder, 'worker.tar.gz');
    await writeFile(workerArtifact, 'an archive');
    forAws = await synthesized('aws', {});
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  /** Runs main.ts as `cdktf synth` does, with nothing but the given settings. */
  const synthesized = async (
    name: string,
    settings: Readonly<Record<string, string>>,
  ): Promise<StackJson> => {
    const outdir = join(folder, name);
    await run('tsx', [join(__dirname, 'main.ts')], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        CDKTF_OUTDIR: outdir,
        UPLOAD_PIPELINE_NODE_ARTIFACT: workerArtifact,
        UPLOAD_PIPELINE_WORKER_ARTIFACT: workerArtifact,
        ...settings,
      },
    });
    return JSON.parse(
      await readFile(join(outdir, 'stacks/upload-pipeline/cdk.tf.json'), 'utf8'),
    ) as StackJson;
  };

  it('makes the same stack for AWS and for an emulator, but for the provider block', async () => {
    const endpoint = 'http://127.0.0.1:4566';
    const forEmulator = await synthesized('emulator', { UPLOAD_PIPELINE_ENDPOINT: endpoint });
    expect({ ...forEmulator, provider: undefined }).toEqual({ ...forAws, provider: undefined });
    expect(forAws.provider.aws).toEqual([{ region: 'us-east-2' }]);
    expect(forEmulator.provider.aws).toEqual([
      {
        region: 'us-east-2',
        access_key: 'test',
        secret_key: 'test',
        s3_use_path_style: true,
        skip_metadata_api_check: 'true',
        endpoints: [expect.objectContaining({ s3: endpoint, sqs: endpoint, autoscaling: endpoint })],
      },
    ]);
  });

  it('keeps its state beside Terraform', () => {
    expect(Object.keys(forAws.terraform.backend)).toEqual(['local']);
  });

  it('keeps its state in the bucket that is given, encrypted and locked by S3 itself', async () => {
    const { terraform } = await synthesized('state', { UPLOAD_PIPELINE_STATE_BUCKET: 'the-state' });
    expect(terraform.backend).toEqual({
      s3: {
        bucket: 'the-state',
        key: 'upload-pipeline/terraform.tfstate',
        region: 'us-east-2',
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  it('leaves the state of a lab to the lab', async () => {
    const { terraform } = await synthesized('lab-state', {
      UPLOAD_PIPELINE_STATE_BUCKET: 'the-state',
      UPLOAD_PIPELINE_ENDPOINT: 'http://127.0.0.1:4566',
    });
    expect(Object.keys(terraform.backend)).toEqual(['local']);
  });

  it('has the outputs that the harness and operators read', () => {
    expect(Object.keys(forAws.output)).toEqual(
      expect.arrayContaining([
        'region',
        'upload_bucket',
        'uploads_prefix',
        'processed_prefix',
        'topic_arn',
        'queue_name',
        'queue_url',
        'queue_arn',
        'dead_letter_queue_url',
        'worker_group_name',
        'worker_launch_template_id',
        'worker_service',
      ]),
    );
  });

  it("has the site's outputs where the web tier is on, and only there", async () => {
    const ofSite = [
      'load_balancer_dns_name',
      'site_url',
      'web_group_name',
      'web_service',
      'web_target_group_arn',
    ];
    const withSite = await synthesized('web', {
      UPLOAD_PIPELINE_WEB_TIER: 'true',
      UPLOAD_PIPELINE_WEB_ARTIFACT: workerArtifact,
    });
    expect(
      Object.keys(withSite.output)
        .filter((name) => !(name in forAws.output))
        .sort(),
    ).toEqual(ofSite);
  });

  it.each([
    [
      'without the worker, with the command that makes it',
      { UPLOAD_PIPELINE_WORKER_ARTIFACT: '/nowhere/worker.tar.gz' },
      'workerArtifact: got "/nowhere/worker.tar.gz"; there is no such file; make it with: npm run build',
    ],
    [
      'without Node, with the command that makes it',
      { UPLOAD_PIPELINE_NODE_ARTIFACT: '/nowhere/node.tar.gz' },
      'nodeArtifact: got "/nowhere/node.tar.gz"; there is no such file; make it with: npm run build',
    ],
    [
      'without ffmpeg where it is asked for, with the command that makes it',
      { UPLOAD_PIPELINE_MEDIA_ARTIFACT: '/nowhere/media.tar.gz' },
      'mediaArtifact: got "/nowhere/media.tar.gz"; there is no such file; make it with: npm run build:media',
    ],
    [
      'without the site where it is asked for, with the command that makes it',
      { UPLOAD_PIPELINE_WEB_TIER: 'true', UPLOAD_PIPELINE_WEB_ARTIFACT: '/nowhere/web.tar.gz' },
      'webArtifact: got "/nowhere/web.tar.gz"; there is no such file; make it with: npm run build',
    ],
    [
      'with a folder in place of the worker',
      { UPLOAD_PIPELINE_WORKER_ARTIFACT: __dirname },
      `workerArtifact: got "${__dirname}"; there is no such file; make it with: npm run build`,
    ],
    [
      'with what one setting allows and another forbids',
      { UPLOAD_PIPELINE_FORCE_DESTROY: 'true', UPLOAD_PIPELINE_PREVENT_DESTROY: 'true' },
      'forceDestroy: got true; preventDestroy is on, which forbids what this allows; turn one of them off.',
    ],
    [
      'with a wrong configuration',
      { UPLOAD_PIPELINE_MIN_SIZE: '3' },
      'minSize: got 3; it must not exceed desiredCapacity (2).',
    ],
  ])('refuses to go on %s', async (_, settings, message) => {
    await expect(synthesized('refused', settings)).rejects.toMatchObject({
      code: 1,
      stderr: `The configuration cannot be used:\n  ${message}\n`,
    });
  });

  it('tells what a construct refuses like all that is wrong with a configuration', () => {
    const configuration = {
      ...parseConfiguration({}),
      nodeArtifact: workerArtifact,
      workerArtifact,
      uploadsPrefix: 'processed/',
    };
    const attempt = (): void => {
      synthesize(configuration, join(folder, 'refused'));
    };
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow('  processedPrefix: got "processed/"; it must lie outside uploadsPrefix');
  });

  it.each<[string, Record<string, unknown>]>([
    ['names as long as they may be', { namePrefix: 'n'.repeat(28), queueName: 'q'.repeat(68) }],
    [
      'as many zones as there may be',
      { availabilityZones: Array.from('abcdefgh', (zone) => `us-east-2${zone}`) },
    ],
    ['no worker at rest', { minSize: 0, desiredCapacity: 0, scaleOutThreshold: 0 }],
    [
      'a schedule by words',
      { schedule: [{ name: 'each night / from 8', recurrence: '0 20 * * *', ...oneInstance }] },
    ],
    ['prefixes in another language', { uploadsPrefix: 'téléversé/', processedPrefix: 'prêt/' }],
    ['empty lists', { refreshAlarmNames: [], corsOrigins: [], otherInstanceTypes: [], packages: [] }],
    ['a key of its own', { encryptionKey: 'customer', tags: { Team: 'films' } }],
  ])('takes whatever the configuration takes: %s', (_, raw) => {
    const configuration = parseConfiguration({
      ...raw,
      nodeArtifact: workerArtifact,
      workerArtifact,
      webTier: true,
      webArtifact: workerArtifact,
    });
    expect(() => {
      synthesize(configuration, join(folder, 'taken'));
    }).not.toThrow();
  });
});
