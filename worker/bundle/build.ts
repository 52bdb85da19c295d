import { createHash } from 'node:crypto';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT, runBuild, say, writeArtifact } from './artifact';
import { nodeForInstances } from './node-binary';
import { NODE_FLAGS } from './node-flags';

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

/** Starts the worker from wherever it was unpacked; the process stays the one that systemd started. */
const LAUNCHER = `#!/bin/sh
here=$(dirname -- "$0")
exec "$here/node" ${NODE_FLAGS.join(' ')} "$here/../worker.js"
`;

/** Makes `dist/worker.tar.gz` (`bin/upload-worker`, `bin/node`, `worker.js`): what an instance needs beyond its AMI. */
runBuild(async () => {
  const worker = await bundle();
  const node = await nodeForInstances(say);
  say(`worker.tar.gz: bundled the worker (${(worker.byteLength / 1e6).toFixed(1)} MB), Node ${node.version}`);
  await writeArtifact({
    name: 'worker.tar.gz',
    input: `${createHash('sha256').update(worker).update(LAUNCHER).digest('hex')} node ${node.version}`,
    entries: [
      { name: 'bin/node', content: { file: node.file } },
      { name: 'bin/upload-worker', content: Buffer.from(LAUNCHER) },
      { name: 'worker.js', content: worker },
    ],
  });
});
