import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { create } from 'tar';
import { nodeForInstances } from './node-binary';

const ROOT = path.resolve(__dirname, '../..');
const DIST = path.join(ROOT, 'dist');
const ARTIFACT = path.join(DIST, 'worker.tar.gz');
/** Says from which input the artifact was made. */
const STAMP = path.join(DIST, 'worker.tar.gz.input');

/**
 * Of the Node binary, level 4 leaves 45.4 MB (1.9 s to pack, 0.57 s to unpack), 9 leaves 43.7 MB (11 s, 0.56 s), 1 leaves
 * 49.1 MB (1.4 s, 0.60 s).
 */
const GZIP_LEVEL = 4;
/** Every entry carries the same time, so that the same input gives the same bytes. */
const MTIME = new Date(0);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The worker and all its packages as one file. */
async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [path.join(ROOT, 'worker/main.ts')],
    absWorkingDir: ROOT,
    outfile: 'worker.js',
    write: false,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error('esbuild gave no output for worker/main.ts');
  return output.contents;
}

/** What the artifact depends on: the bundle, the Node binary's version and how they are packed. */
function inputOf(worker: Uint8Array, nodeVersion: string): string {
  return createHash('sha256').update(worker).update(`node ${nodeVersion} gzip ${GZIP_LEVEL}`).digest('hex');
}

async function isCurrent(input: string): Promise<boolean> {
  try {
    return (await readFile(STAMP, 'utf8')) === input && (await stat(ARTIFACT)).isFile();
  } catch {
    return false;
  }
}

async function pack(worker: Uint8Array, nodeBinary: string): Promise<void> {
  await mkdir(DIST, { recursive: true });
  const staging = await mkdtemp(path.join(DIST, '.worker-'));
  try {
    await mkdir(path.join(staging, 'bin'), { mode: 0o755 });
    await cp(nodeBinary, path.join(staging, 'bin/node'));
    await writeFile(path.join(staging, 'worker.js'), worker, { mode: 0o644 });
    const file = path.join(staging, 'worker.tar.gz');
    await create(
      { cwd: staging, file, gzip: { level: GZIP_LEVEL }, portable: true, mtime: MTIME, noDirRecurse: true },
      ['bin', 'bin/node', 'worker.js'],
    );
    await rename(file, ARTIFACT);
  } finally {
    await rm(staging, { recursive: true });
  }
}

/** Makes `dist/worker.tar.gz` (`bin/node`, `worker.js`): what an instance needs beyond its AMI. */
async function main(): Promise<void> {
  const startedAt = performance.now();
  const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const worker = await bundle();
  const node = await nodeForInstances(say);
  say(`worker: bundled (${(worker.byteLength / 1e6).toFixed(1)} MB), Node ${node.version}`);
  const input = inputOf(worker, node.version);
  if (await isCurrent(input)) {
    say(`worker: dist/worker.tar.gz is current (${seconds()})`);
    return;
  }
  say('worker: packing dist/worker.tar.gz');
  await pack(worker, node.file);
  await writeFile(STAMP, input);
  say(`worker: dist/worker.tar.gz, ${((await stat(ARTIFACT)).size / 1e6).toFixed(1)} MB (${seconds()})`);
}

main().catch((error: unknown) => {
  process.stderr.write(`worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
