import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { PythonEnvironment } from '../../emulator/python-environment';
import { spawnOwned } from '../../support/child';
import { run } from '../../support/run';
import type { Body, BodyBackend, BodyExit, BodySpec, CommandResult } from './body';
import { BodyError } from './errors';

/** Settings of {@link namespaceBodies}. */
export interface NamespaceBodiesOptions {
  /** Folder that gets one folder an instance: its console and journals stay after its end, its disk does not. */
  readonly folder: string;
  /** Brings systemctl, journalctl and the AWS CLI into the bodies. */
  readonly python: PythonEnvironment;
}

const setUp = join(__dirname, 'namespace-root.sh');
const pollMs = 5;
const userDataFile = 'var/lib/cloud/instance/user-data.txt';

/** What every process of a body inherits, as systemd's DefaultEnvironment and a login shell would set it. */
function environmentOf({ endpoint, metadataEndpoint }: BodySpec): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LANG: 'C.UTF-8',
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataEndpoint,
  };
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return '';
    }
    throw error;
  }
}

/** `unshare` forks once: its only child is process 1 of the new namespaces. */
async function firstChild(parent: ChildProcess): Promise<number> {
  const pid = parent.pid;
  if (pid === undefined) {
    throw new BodyError('unshare could not be started: it is part of util-linux, which must be installed.');
  }
  for (;;) {
    const children = await readIfThere(`/proc/${pid}/task/${pid}/children`);
    const [first] = children.trim().split(' ');
    if (first !== undefined && first !== '') {
      return Number(first);
    }
    if (parent.exitCode !== null || parent.signalCode !== null) {
      throw new BodyError(
        'This system does not let an ordinary process make namespaces (unshare --user --mount --pid failed). ' +
          'Allow it with: sysctl -w kernel.unprivileged_userns_clone=1 (Debian), or ' +
          'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu); or start a Docker daemon.',
      );
    }
    await delay(pollMs);
  }
}

class NamespaceBody implements Body {
  readonly exited: Promise<BodyExit>;

  constructor(
    private readonly spec: BodySpec,
    private readonly folder: string,
    private readonly unshare: ChildProcess,
    private readonly init: number,
  ) {
    this.exited = once(unshare, 'exit').then(async ([exitCode, signal]) => {
      await rm(join(folder, 'disk'), { recursive: true, force: true });
      await rm(join(folder, 'root'), { recursive: true, force: true });
      return { exitCode: exitCode as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get instanceId(): string {
    return this.spec.instanceId;
  }

  consoleOutput(): Promise<string> {
    return readIfThere(join(this.folder, 'console.log'));
  }

  journal(unit: string): Promise<string> {
    return readIfThere(join(this.folder, 'journal', `${unit}.log`));
  }

  async run(command: readonly string[]): Promise<CommandResult> {
    const target = [
      '--target',
      String(this.init),
      '--user',
      '--mount',
      '--pid',
      '--uts',
      '--root',
      '--wd',
      '--preserve-credentials',
    ];
    return run('nsenter', [...target, '--', ...command], {
      env: { ...environmentOf(this.spec) },
      stop: { graceMs: 0 },
    });
  }

  async kill(): Promise<void> {
    if (this.unshare.exitCode === null && this.unshare.signalCode === null) {
      try {
        // Process 1 takes all of its pid namespace along; unshare ends when all of them are gone.
        process.kill(this.init, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
          throw error;
        }
      }
    }
    await this.exited;
  }
}

class NamespaceBodies implements BodyBackend {
  readonly name = 'namespaces';
  private readonly bodies = new Set<Body>();

  constructor(private readonly options: NamespaceBodiesOptions) {}

  async boot(spec: BodySpec): Promise<Body> {
    const { python } = this.options;
    const folder = join(this.options.folder, spec.instanceId);
    const userData = join(folder, 'disk', userDataFile);
    await mkdir(join(userData, '..'), { recursive: true });
    await writeFile(userData, spec.userData, { mode: 0o700 });
    const hostName = `ip-${spec.privateIpAddress.replaceAll('.', '-')}`;
    const namespaces = [
      '--user',
      '--map-root-user',
      '--mount',
      '--pid',
      '--uts',
      '--fork',
      '--kill-child',
      '--propagation',
      'private',
    ];
    const unshare = spawnOwned(
      'unshare',
      [...namespaces, '--', 'sh', setUp, folder, python.folder, python.basePrefix, hostName],
      { env: environmentOf(spec), stdio: ['ignore', 'ignore', 'ignore'], detached: true },
    );
    const failed = once(unshare, 'error').then(([error]: unknown[]) => {
      throw new BodyError(`unshare could not be started: ${String(error)}`);
    });
    const init = await Promise.race([firstChild(unshare), failed]);
    const body = new NamespaceBody(spec, folder, unshare, init);
    this.bodies.add(body);
    void body.exited.then(() => this.bodies.delete(body));
    return body;
  }

  async close(): Promise<void> {
    await Promise.all([...this.bodies].map((body) => body.kill()));
  }
}

/**
 * Bodies as namespaces of this Linux: a private root over read-only binds of the system, its own processes, killed as
 * one. Needs util-linux and no privileges.
 */
export function namespaceBodies(options: NamespaceBodiesOptions): BodyBackend {
  return new NamespaceBodies(options);
}
