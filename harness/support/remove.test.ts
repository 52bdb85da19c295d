import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { removeFolder } from './remove';

const self = process.geteuid!();
/** Any user but root, whom no permission holds back. */
const user = self === 0 ? 65_534 : self;

describe('removing a folder', () => {
  let parent: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'remove-'));
    chownSync(parent, user, user);
    process.seteuid!(user);
  });

  afterEach(() => {
    process.seteuid!(self);
    rmSync(parent, { recursive: true, force: true });
  });

  it('removes also what its owner may not write to', async () => {
    const cache = join(parent, 'disk', 'cache');
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'module'), '');
    chmodSync(cache, 0o555);
    expect(() => {
      rmSync(join(parent, 'disk'), { recursive: true });
    }).toThrow('EACCES');
    await removeFolder(join(parent, 'disk'));
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is done when there is none', async () => {
    await removeFolder(join(parent, 'none'));
    expect(existsSync(parent)).toBe(true);
  });
});
