import { runBuild } from '../../bundle/artifact';
import { writeProgramArtifact } from '../../bundle/program-artifact';
import { NODE_ENVIRONMENT, NODE_FLAGS } from './node-flags';

/** Makes `dist/worker.tar.gz` (`bin/upload-worker`, `worker.js`): what an instance needs beyond its AMI and Node. */
runBuild(() =>
  writeProgramArtifact({
    name: 'worker',
    command: 'upload-worker',
    entryPoint: 'worker/main.ts',
    nodeFlags: NODE_FLAGS,
    nodeEnvironment: NODE_ENVIRONMENT,
  }),
);
