import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { TerraformError } from './errors';
import { findProviderMirror } from './provider-mirror';

describe('findProviderMirror', () => {
  let folder: string;
  let empty: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mirror-'));
    empty = join(folder, 'empty');
    await mkdir(empty);
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const mirrorIn = async (...path: string[]): Promise<string> => {
    const mirror = join(folder, ...path);
    await mkdir(join(mirror, 'registry.terraform.io', 'hashicorp', 'aws'), { recursive: true });
    return mirror;
  };
  const environment = (variables: Record<string, string> = {}): NodeJS.ProcessEnv => ({
    XDG_DATA_HOME: empty,
    XDG_DATA_DIRS: empty,
    ...variables,
  });

  it('takes the setting before anything else', async () => {
    const set = await mirrorIn('set');
    await mirrorIn('opt', 'tools');
    const found = await findProviderMirror(
      environment({ UPLOAD_PIPELINE_LAB_PROVIDER_MIRROR: set }),
      join(folder, 'opt'),
    );
    expect(found).toBe(set);
  });

  it('refuses a setting that names no mirror, and says what was looked for', async () => {
    const wrong = findProviderMirror(environment({ UPLOAD_PIPELINE_LAB_PROVIDER_MIRROR: empty }), empty);
    await expect(wrong).rejects.toThrow(TerraformError);
    await expect(wrong).rejects.toThrow(
      `is ${empty}, which has no folder registry.terraform.io/hashicorp/aws`,
    );
  });

  it("takes one of Terraform's implied folders before the optional-software tree", async () => {
    const implied = await mirrorIn('data', 'terraform', 'plugins');
    await mirrorIn('opt', 'tools');
    const found = await findProviderMirror(
      environment({ XDG_DATA_DIRS: join(folder, 'data') }),
      join(folder, 'opt'),
    );
    expect(found).toBe(implied);
  });

  it('finds one in the optional-software tree', async () => {
    const deep = await mirrorIn('opt', 'vendor', 'product', 'mirror');
    expect(await findProviderMirror(environment(), join(folder, 'opt'))).toBe(deep);
  });

  it('leaves it to the registry when there is none', async () => {
    expect(await findProviderMirror(environment(), empty)).toBeUndefined();
  });

  it('does not take a mirror of other providers', async () => {
    await mkdir(join(folder, 'opt', 'registry.terraform.io', 'hashicorp', 'random'), { recursive: true });
    expect(await findProviderMirror(environment(), join(folder, 'opt'))).toBeUndefined();
  });
});
