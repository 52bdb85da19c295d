import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Folder for what is made once and kept between labs: the Python environment, Terraform, its providers.
 * `UPLOAD_PIPELINE_CACHE` names it; otherwise `upload-pipeline` in the user's cache folder.
 * Source: https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const setting = environment.UPLOAD_PIPELINE_CACHE;
  if (setting !== undefined && setting !== '') {
    return setting;
  }
  const usual = environment.XDG_CACHE_HOME;
  const caches =
    usual !== undefined && usual !== ''
      ? usual
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Caches')
        : join(homedir(), '.cache');
  return join(caches, 'upload-pipeline');
}
