import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { extract } from 'tar';

import manifest from './package.json';

const run = promisify(execFile);

// It builds, packs and compiles.
jest.setTimeout(300_000);

const consumer = `
import { App, TerraformStack } from 'cdktf';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { ExistingTaskQueue, UploadPipeline, ValidationError, WorkerFleet } from 'upload-pipeline';
import { decodeTask } from 'upload-pipeline/worker';
import { startLab } from 'upload-pipeline/harness';
import { createRequire } from 'node:module';

const app = new App({ outdir: 'out' });
const stack = new TerraformStack(app, 'films');
new AwsProvider(stack, 'aws', { region: 'us-east-2' });
const pipeline = new UploadPipeline(stack, 'pipeline', {
  namePrefix: 'films',
  region: 'us-east-2',
  availabilityZones: ['us-east-2a', 'us-east-2b'],
  bucketName: 'films-of-anna',
  artifactBucketName: 'films-of-anna-artifacts',
  queueName: 'film-tasks',
  uploadsPrefix: 'uploads/',
  processedPrefix: 'processed/',
  nodeArtifact: createRequire(import.meta.url).resolve('upload-pipeline/node.tar.gz'),
  workerArtifact: createRequire(import.meta.url).resolve('upload-pipeline/worker.tar.gz'),
  instanceType: 't3.small',
  minSize: 2,
  desiredCapacity: 2,
  maxSize: 4,
  scaleOutThreshold: 10,
  webTier: true,
  webArtifact: createRequire(import.meta.url).resolve('upload-pipeline/web.tar.gz'),
});
pipeline.queue.resources.queue.addOverride('delay_seconds', 5);
app.synth();
if (!(pipeline.workers instanceof WorkerFleet)) throw new Error('no WorkerFleet');
if (typeof decodeTask !== 'function') throw new Error('no decodeTask');
if (typeof startLab !== 'function') throw new Error('no startLab');
try {
  new ExistingTaskQueue(stack, 'queue', { queueName: 'tasks.fifo' });
} catch (error) {
  if (!(error instanceof ValidationError)) throw error;
  console.log(error.message);
}
`;

/** What only types can tell: the second line must be an error, or the types are none. */
const typed = `
import type { UploadPipelineProps } from 'upload-pipeline';
// @ts-expect-error a prop of the wrong type
export const wrong: UploadPipelineProps['minSize'] = 'two';
export { QueueConsumer, type Processor } from 'upload-pipeline/worker';
export { TeamLab, startLab } from 'upload-pipeline/harness';
`;

describe('the package', () => {
  let project: string;

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'library-'));
    const modules = join(project, 'node_modules');
    await run('npm', ['pack', '--silent', '--pack-destination', project], { cwd: __dirname });
    const archive = (await readdir(project)).find((name) => name.endsWith('.tgz'));
    await mkdir(join(modules, manifest.name), { recursive: true });
    await extract({ file: join(project, archive!), cwd: join(modules, manifest.name), strip: 1 });
    // What it declares to need, and nothing else, stands beside it.
    const { dependencies, peerDependencies, optionalDependencies } = manifest;
    for (const name of Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })) {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(__dirname, 'node_modules', name), join(modules, name));
    }
    await writeFile(join(project, 'consumer.mjs'), consumer);
    await writeFile(join(project, 'typed.mts'), typed);
  });

  afterAll(async () => {
    await rm(project, { recursive: true });
  });

  it('holds what is compiled, and no source and no test', async () => {
    const files = await readdir(join(project, 'node_modules', manifest.name), { recursive: true });
    expect(files).toEqual(
      expect.arrayContaining([
        'dist/lib/modules/index.js',
        'dist/node.tar.gz',
        'dist/worker.tar.gz',
        'dist/web.tar.gz',
      ]),
    );
    expect(files.filter((name) => /\.test\.|(?<!\.d)\.ts$|testing/.test(name))).toEqual([]);
  });

  it('synthesizes the whole architecture in a project of plain Node', async () => {
    const { stdout } = await run(process.execPath, ['consumer.mjs'], { cwd: project });
    expect(stdout).toContain('queueName is "tasks.fifo"; S3 and its SNS notifications cannot deliver');
    const stack = JSON.parse(await readFile(join(project, 'out/stacks/films/cdk.tf.json'), 'utf8')) as {
      resource: Record<string, Record<string, { delay_seconds?: number }>>;
    };
    expect(Object.keys(stack.resource)).toEqual(
      expect.arrayContaining(['aws_s3_bucket', 'aws_sqs_queue', 'aws_autoscaling_group', 'aws_lb']),
    );
    expect(Object.values(stack.resource.aws_sqs_queue!).map((queue) => queue.delay_seconds)).toContain(5);
  });

  it('says which Node its worker needs where it is older, instead of failing later', async () => {
    const older = `Object.defineProperty(process.versions, 'node', { value: '20.19.0' });`;
    await expect(
      run(process.execPath, ['-e', `${older} require('upload-pipeline/worker')`], { cwd: project }),
    ).rejects.toThrow('upload-pipeline/worker needs Node 22.19 or newer; this is Node 20.19.0');
  });

  it('has types', async () => {
    const tsc = join(__dirname, 'node_modules/typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'];
    await expect(
      run(process.execPath, [tsc, ...options, 'typed.mts'], { cwd: project }),
    ).resolves.toMatchObject({ stdout: '' });
  });
});
