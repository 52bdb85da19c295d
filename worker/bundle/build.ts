import { runBuild } from '../../bundle/artifact';
import { writeProgramArtifact } from '../../bundle/program-artifact';
import { NODE_FLAGS } from './node-flags';

/** Makes `dist/worker.tar.gz` (`bin/upload-worker`, `bin/node`, `worker.js`): what an instance needs beyond its AMI. */
runBuild(() =>
  writeProgramArtifact({
    name: 'worker',
    command: 'upload-worker',
    entryPoint: 'worker/main.ts',
    nodeFlags: NODE_FLAGS,
  }),
);
