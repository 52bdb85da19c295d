import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { getRelease } from '@hashicorp/js-releases';

import { cacheFolder } from '../support/cache';
import { findOnPath } from '../support/child';
import { TerraformError } from './errors';

/** The Terraform release that is fetched where no binary is found: the one this project is tested with. */
export const terraformVersion = '1.11.4';

/** The oldest binary that is used as found: 1.10 brought what the synthesized JSON and the event stream need. */
const oldestVersion = [1, 10] as const;

const run = promisify(execFile);

/** A Terraform binary that was run and told its version. */
export interface TerraformBinary {
  readonly path: string;
  readonly version: string;
}

async function versionOf(path: string): Promise<string> {
  try {
    const { TF_CLI_CONFIG_FILE: _elsewhere, ...environment } = process.env;
    const { stdout } = await run(path, ['version', '-json'], {
      env: { ...environment, CHECKPOINT_DISABLE: '1' },
    });
    const { terraform_version: version } = JSON.parse(stdout) as { terraform_version: string };
    return version;
  } catch (cause) {
    throw new TerraformError(`${path} does not run as Terraform: ${String(cause)}`, { cause });
  }
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestVersion;
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

const platforms: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'windows',
};
const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Downloads the pinned release, verifies its checksum, and moves it into the cache whole. */
async function fetchPinned(target: string, onProgress: (message: string) => void): Promise<void> {
  const userAgent = 'upload-pipeline';
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), 'terraform-'));
  try {
    onProgress(`fetching Terraform ${terraformVersion} (once; kept in the cache folder)`);
    const release = await getRelease('terraform', terraformVersion, userAgent);
    const build = release.getBuild(
      platforms[process.platform] ?? process.platform,
      architectures[process.arch] ?? process.arch,
    );
    const archive = join(work, build.filename);
    await release.download(build.url, archive, userAgent);
    await release.verify(archive, build.filename);
    await release.unpack(work, archive);
    await mkdir(join(target, '..'), { recursive: true });
    await rename(join(work, 'terraform'), target);
  } catch (cause) {
    throw new TerraformError(
      `No terraform on PATH, and Terraform ${terraformVersion} could not be fetched: ${String(cause)}. ` +
        'Install it (https://developer.hashicorp.com/terraform/install) or name a binary with UPLOAD_PIPELINE_LAB_TERRAFORM.',
      { cause },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Finds Terraform: the setting `UPLOAD_PIPELINE_LAB_TERRAFORM`, then PATH, then the pinned release in the cache folder,
 * fetched once with its checksum verified.
 *
 * @throws TerraformError when the binary does not run, is older than 1.10, or cannot be fetched.
 */
export async function findTerraform(
  onProgress: (message: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<TerraformBinary> {
  const setting = environment.UPLOAD_PIPELINE_LAB_TERRAFORM;
  const installed =
    setting !== undefined && setting !== '' ? setting : findOnPath('terraform', environment.PATH);
  if (installed !== undefined) {
    const version = await versionOf(installed);
    if (isTooOld(version)) {
      throw new TerraformError(
        `${installed} is Terraform ${version}; the lab needs ${oldestVersion.join('.')} or newer. ` +
          'Upgrade it, or take it off PATH so that a pinned version is fetched.',
      );
    }
    return { path: installed, version };
  }
  const cached = join(cacheFolder(), `terraform-${terraformVersion}`, 'terraform');
  try {
    await access(cached, constants.X_OK);
  } catch {
    await fetchPinned(cached, onProgress);
  }
  return { path: cached, version: await versionOf(cached) };
}
