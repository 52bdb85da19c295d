import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { TerraformError } from './errors';

const registry = 'registry.terraform.io';

/** Depth below the optional-software tree at which a mirror is looked for: `/opt/<product>/<registry>` and one more. */
const optionalSoftwareDepth = 3;

/**
 * Folders that Terraform itself looks through for providers before it asks a registry.
 * Source: https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
function impliedMirrors(environment: NodeJS.ProcessEnv): string[] {
  const home = homedir();
  const dataHome = environment.XDG_DATA_HOME ?? join(home, '.local/share');
  const dataFolders = (environment.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(':');
  return [
    join(home, '.terraform.d/plugins'),
    join(dataHome, 'terraform/plugins'),
    ...dataFolders.filter((folder) => folder !== '').map((folder) => join(folder, 'terraform/plugins')),
  ];
}

async function folderNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return [];
  }
}

async function holdsAwsProvider(mirror: string): Promise<boolean> {
  return (await folderNames(join(mirror, registry, 'hashicorp'))).includes('aws');
}

async function searchBelow(folder: string, depth: number): Promise<string | undefined> {
  if (await holdsAwsProvider(folder)) {
    return folder;
  }
  if (depth === 0) {
    return undefined;
  }
  for (const name of await folderNames(folder)) {
    const found = await searchBelow(join(folder, name), depth - 1);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/**
 * Finds a filesystem mirror that holds hashicorp/aws, in this order: the setting `UPLOAD_PIPELINE_LAB_PROVIDER_MIRROR`,
 * Terraform's implied mirror folders, the optional-software tree (`/opt`).
 *
 * @returns the folder that contains `registry.terraform.io`, or `undefined`: then Terraform asks the normal registry.
 * @throws TerraformError when the setting names a folder that holds no hashicorp/aws.
 */
export async function findProviderMirror(
  environment: NodeJS.ProcessEnv = process.env,
  optionalSoftware = '/opt',
): Promise<string | undefined> {
  const setting = environment.UPLOAD_PIPELINE_LAB_PROVIDER_MIRROR;
  if (setting !== undefined && setting !== '') {
    if (await holdsAwsProvider(setting)) {
      return setting;
    }
    throw new TerraformError(
      `UPLOAD_PIPELINE_LAB_PROVIDER_MIRROR is ${setting}, which has no folder ${registry}/hashicorp/aws. ` +
        'Name the folder that contains it, or unset the variable to use the registry.',
    );
  }
  for (const folder of impliedMirrors(environment)) {
    if (await holdsAwsProvider(folder)) {
      return folder;
    }
  }
  return searchBelow(optionalSoftware, optionalSoftwareDepth);
}
