import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheFolder } from '../support/cache';
import { findProviderMirror } from './provider-mirror';

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
