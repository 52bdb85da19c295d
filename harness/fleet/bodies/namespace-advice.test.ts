import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { namespaceAdvice } from './namespace-advice';

describe('namespaceAdvice', () => {
  let settings: string;

  beforeEach(async () => {
    settings = await mkdtemp(join(tmpdir(), 'settings-'));
    await mkdir(join(settings, 'kernel'));
    await mkdir(join(settings, 'user'));
  });

  afterEach(() => rm(settings, { recursive: true }));

  it.each([
    ['kernel/unprivileged_userns_clone', '0', '1'],
    ['user/max_user_namespaces', '0', '65536'],
    ['kernel/apparmor_restrict_unprivileged_userns', '1', '0'],
  ])('names %s = %s and the command that allows it', async (file, forbids, allows) => {
    const name = file.replace('/', '.');
    await writeFile(join(settings, file), `${forbids}\n`);
    expect(await namespaceAdvice(settings)).toBe(
      `The kernel's setting ${name} = ${forbids} forbids it. Allow it with: sysctl -w ${name}=${allows}`,
    );
  });

  it.each([
    ['kernel/unprivileged_userns_clone', '1'],
    ['user/max_user_namespaces', '96365'],
    ['kernel/apparmor_restrict_unprivileged_userns', '0'],
  ])('does not blame %s = %s', async (file, value) => {
    await writeFile(join(settings, file), `${value}\n`);
    expect(await namespaceAdvice(settings)).toContain('seccomp=unconfined');
  });

  it('suspects the container where the kernel has none of the settings', async () => {
    expect(await namespaceAdvice(settings)).toContain('systempaths=unconfined');
  });
});
