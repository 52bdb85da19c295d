import { runBuild, say, writeArtifact } from './artifact';
import { nodeForInstances } from './node-binary';

/** Makes `dist/node.tar.gz` (`bin/node`): what the programs of both fleets run on, where the AMI does not bring it. */
runBuild(async () => {
  const { version, file } = await nodeForInstances(say);
  await writeArtifact({
    name: 'node.tar.gz',
    input: `node ${version}`,
    entries: [{ name: 'bin/node', content: { file } }],
  });
});
