import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { synthesize } from './synthesize';
import { Terraform } from './terraform';

const examples = resolve('examples');

describe('an example', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'example-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it.each(['minimal', 'complete', 'worker-only'])(
    'synthesizes, and Terraform finds it valid: %s',
    async (name) => {
      const stack = await synthesize({
        project: join(examples, name),
        outputFolder: join(folder, 'cdktf.out'),
        environment: {},
      });
      expect(stack.name).toBe(name);
      const terraform = await Terraform.open({
        workingFolder: stack.folder,
        stateFolder: join(folder, 'terraform'),
        onProgress: () => undefined,
      });
      await expect(terraform.validate()).resolves.toBeUndefined();
    },
    180_000,
  );

  it('is one of those that are tested', async () => {
    const apps = (await readdir(examples, { recursive: true })).filter((file) =>
      file.endsWith('/cdktf.json'),
    );
    expect(apps.sort()).toEqual(['complete/cdktf.json', 'minimal/cdktf.json', 'worker-only/cdktf.json']);
  });
});
