import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheFolder } from '../support/cache';
import { findProviderMirror } from './provider-mirror';

/** How long an interrupted Terraform may take to save its state before it is killed, in milliseconds. */
export const interruptGraceMs = 20_000;

/** What every Terraform that is run here is told: it asks nobody, and nothing of its maker's. */
export function unattended(cliConfig: string): NodeJS.ProcessEnv {
  return {
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
  };
}

/**
 * Writes Terraform's own configuration into a folder: providers from the mirror where there is one, else from the
 * registry by way of a cache. Returns the file, for `TF_CLI_CONFIG_FILE`.
 *
 * @throws TerraformError when the setting for the mirror is wrong.
 */
export async function writeCliConfig(folder: string): Promise<string> {
  const mirror = await findProviderMirror();
  const pluginCache = join(cacheFolder(), 'terraform-plugins');
  await mkdir(pluginCache, { recursive: true });
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'terraform.rc');
  await writeFile(
    file,
    mirror === undefined
      ? `disable_checkpoint = true\nplugin_cache_dir = ${JSON.stringify(pluginCache)}\n`
      : `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  return file;
}
