import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { runBuild } from '../../bundle/artifact';
import { writeProgramArtifact } from '../../bundle/program-artifact';

const assets = path.join(__dirname, '../assets');

/** Makes `dist/web.tar.gz` (`bin/upload-site`, `web.js`, `assets/`): what an instance needs beyond its AMI and Node. */
runBuild(() =>
  writeProgramArtifact({
    name: 'web',
    command: 'upload-site',
    entryPoint: 'web/main.ts',
    files: readdirSync(assets).map((name) => ({
      name: `assets/${name}`,
      content: readFileSync(path.join(assets, name)),
    })),
  }),
);
