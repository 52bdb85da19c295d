import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Ground, backends, chooseBackend } from '../lab/backend';

/** The ground of the backend that the tests run on, in a temporary folder, without a lab on it. */
export interface TestGround extends Ground {
  readonly folder: string;
}

/** Opens the backend that the tests run on. Closing it removes the folder too. */
export async function openGround(): Promise<TestGround> {
  const folder = await mkdtemp(join(tmpdir(), 'ground-'));
  const { name } = await chooseBackend();
  const ground = await backends[name].open({
    folder: join(folder, 'instances'),
    onProgress: () => undefined,
  });
  return {
    ...ground,
    folder,
    close: async () => {
      await ground.bodies.close();
      await ground.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
