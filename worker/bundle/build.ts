import { createHash } from 'node:crypto';
import { runBuild, say, writeArtifact } from '../../bundle/artifact';
import { nodeForInstances } from '../../bundle/node-binary';
import { bundleProgram } from '../../bundle/program';
import { NODE_FLAGS } from './node-flags';

/** Starts the worker from wherever it was unpacked; the process stays the one that systemd started. */
const LAUNCHER = `#!/bin/sh
here=$(dirname -- "$0")
exec "$here/node" ${NODE_FLAGS.join(' ')} "$here/../worker.js"
`;

/** Makes `dist/worker.tar.gz` (`bin/upload-worker`, `bin/node`, `worker.js`): what an instance needs beyond its AMI. */
runBuild(async () => {
  const worker = await bundleProgram('worker/main.ts');
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
