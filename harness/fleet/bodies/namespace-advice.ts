import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A setting of the kernel that forbids an ordinary process to make namespaces. */
interface Barrier {
  /** Under /proc/sys. */
  readonly file: string;
  readonly forbids: (value: number) => boolean;
  readonly remedy: string;
}

// Sources: Debian's kernel/user_namespace patch; namespaces(7), «/proc/sys/user»;
// https://discourse.ubuntu.com/t/spec-unprivileged-user-namespace-restrictions-via-apparmor-in-ubuntu-23-10/37626
const barriers: readonly Barrier[] = [
  {
    file: 'kernel/unprivileged_userns_clone',
    forbids: (value) => value === 0,
    remedy: 'sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    file: 'user/max_user_namespaces',
    forbids: (value) => value === 0,
    remedy: 'sysctl -w user.max_user_namespaces=65536',
  },
  {
    file: 'kernel/apparmor_restrict_unprivileged_userns',
    forbids: (value) => value === 1,
    remedy: 'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  },
];

async function setting(file: string): Promise<number | undefined> {
  try {
    return Number(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Says which setting of this system keeps a process from making namespaces, and what to do about it.
 *
 * @param settings where the kernel shows its settings. @default /proc/sys
 */
export async function namespaceAdvice(settings = '/proc/sys'): Promise<string> {
  for (const { file, forbids, remedy } of barriers) {
    const value = await setting(join(settings, file));
    if (value !== undefined && forbids(value)) {
      return `The kernel's setting ${file.replace('/', '.')} = ${value} forbids it. Allow it with: ${remedy}`;
    }
  }
  return (
    'No setting of the kernel forbids it, so what this process runs in does: a container needs ' +
    '--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined.'
  );
}
