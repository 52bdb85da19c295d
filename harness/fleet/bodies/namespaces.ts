import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import type { PythonEnvironment } from '../../emulator/python-environment';
import { spawnOwned } from '../../support/child';
import { removeFolder } from '../../support/remove';
import { run } from '../../support/run';
import type { Body, BodyBackend, BodyExit, BodySpec, CommandResult } from './body';
import { BodyFolder, environmentOf, hostNameOf } from './body-folder';
import { cpuSecondsIn } from './cpu-time';
import { BodyError } from './errors';
import { takeLoopbackAddress } from './loopback-address';
import { namespaceAdvice } from './namespace-advice';

/** Settings of {@link namespaceBodies}. */
export interface NamespaceBodiesOptions {
  /** Folder that gets one folder an instance: its console and journals stay after its end, its disk until it is discarded. */
  readonly folder: string;
  /** Brings systemctl, journalctl and the AWS CLI into the bodies; the Node that runs the harness they have as well. */
  readonly python: PythonEnvironment;
}

const setUp = join(__dirname, 'namespace-root.sh');

/** What is made for a body: mapped to root inside, killed with `unshare` itself. */
const namespaces = [
  ...['--user', '--map-root-user', '--mount', '--propagation', 'private'],
  ...['--pid', '--fork', '--kill-child', '--ipc', '--uts'],
];

/** Where process 1 of a body is entered by a command. */
const entered = ['--user', '--preserve-credentials', '--mount', '--pid', '--ipc', '--uts', '--root', '--wd'];

/** Why this machine gives no bodies made of namespaces, and what to do about it; `undefined` when it does. */
export async function whyNoNamespaces(): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    return `Namespaces, which bodies are made of, are Linux's, and this is ${process.platform}. Start a Docker daemon for bodies in containers.`;
  }
  const { exitCode, stderr } = await run('unshare', [...namespaces, '--', 'true'], {
    env: process.env,
    stop: { graceMs: 0 },
  });
  return exitCode === 0
    ? undefined
    : `This machine does not let a process make namespaces of its own, which bodies are made of (${stderr.trim()}). ` +
        `${await namespaceAdvice()} Or start a Docker daemon for bodies in containers.`;
}

/** `unshare` forks once: its only child is process 1 of the new namespaces. */
async function processOne(unshare: ChildProcess): Promise<number> {
  const children = await readFile(`/proc/${unshare.pid}/task/${unshare.pid}/children`, 'utf8').catch(
    () => '',
  );
  const pid = Number.parseInt(children, 10);
  if (Number.isNaN(pid)) {
    throw new BodyError('The process 1 of a body ended as soon as it was up.');
  }
  return pid;
}

class NamespaceBody implements Body {
  constructor(
    private readonly spec: BodySpec,
    readonly address: string,
    private readonly folder: BodyFolder,
    private readonly unshare: ChildProcess,
    private readonly init: number,
    readonly exited: Promise<BodyExit>,
  ) {}

  get instanceId(): string {
    return this.spec.instanceId;
  }

  consoleOutput(): Promise<string> {
    return this.folder.consoleOutput();
  }

  journal(unit: string): Promise<string> {
    return this.folder.journal(unit);
  }

  async run(command: readonly string[]): Promise<CommandResult> {
    return run('nsenter', ['--target', String(this.init), ...entered, '--', ...command], {
      env: { ...environmentOf(this.spec), HOME: '/root' },
      stop: { graceMs: 0 },
    });
  }

  async cpuSeconds(): Promise<number | undefined> {
    try {
      return await cpuSecondsIn(`/proc/${this.init}/root/proc`);
    } catch (error) {
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) {
        return undefined;
      }
      throw error;
    }
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
  /** Folders of the disks that are kept, by instance. */
  private readonly disks = new Map<string, string>();

  constructor(private readonly options: NamespaceBodiesOptions) {}

  async boot(spec: BodySpec): Promise<Body> {
    const { python } = this.options;
    const folder = await BodyFolder.make(this.options.folder, spec);
    this.disks.set(spec.instanceId, folder.disk);
    const { address, release } = await takeLoopbackAddress();
    const unshare = spawnOwned(
      'unshare',
      [
        ...namespaces,
        '--',
        'sh',
        setUp,
        folder.path,
        python.folder,
        python.basePrefix,
        process.execPath,
        hostNameOf(spec),
        folder.note,
      ],
      { env: environmentOf(spec), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    );
    const exited = ending(unshare, folder);
    void exited.then(release);
    await this.up(unshare, exited, folder);
    const body = new NamespaceBody(spec, address, folder, unshare, await processOne(unshare), exited);
    this.bodies.add(body);
    void exited.then(() => this.bodies.delete(body));
    return body;
  }

  async close(): Promise<void> {
    await Promise.all([...this.bodies].map((body) => body.kill()));
    await Promise.all([...this.disks.keys()].map((instanceId) => this.discard(instanceId)));
  }

  async discard(instanceId: string): Promise<void> {
    const disk = this.disks.get(instanceId);
    this.disks.delete(instanceId);
    if (disk !== undefined) {
      // What cannot be removed now goes with the lab's folder, which says why it cannot.
      await removeFolder(disk).catch(() => undefined);
    }
  }

  /** Resolves when the body's private root is there; `unshare` says nothing, process 1 says `up`. */
  private async up(unshare: ChildProcess, exited: Promise<BodyExit>, folder: BodyFolder): Promise<void> {
    const { stdout, stderr } = unshare;
    if (stdout === null || stderr === null) {
      throw new BodyError('unshare was started without pipes.');
    }
    const complaints = text(stderr).catch(() => '');
    const isUp = once(stdout, 'data').then(() => true);
    if (await Promise.race([isUp, exited.then(() => false)])) {
      stdout.destroy();
      stderr.destroy();
      return;
    }
    const said = `${await complaints}${await folder.consoleOutput()}`.trim();
    throw new BodyError((await whyNoNamespaces()) ?? `The root of a body could not be set up: ${said}`);
  }
}

/** Settles when `unshare` is gone, and with it all that was mounted. */
async function ending(unshare: ChildProcess, folder: BodyFolder): Promise<BodyExit> {
  const exit = await new Promise<BodyExit>((resolve) => {
    unshare.once('exit', (exitCode, signal) => {
      resolve({ exitCode, signal });
    });
    unshare.once('error', () => {
      resolve({ exitCode: null, signal: null });
    });
  });
  // What cannot be removed now goes with the lab's folder, which says why it cannot.
  await removeFolder(join(folder.path, 'root')).catch(() => undefined);
  return exit;
}

/**
 * Bodies as namespaces of this Linux: a private root over read-only binds of the system, its own processes, killed as
 * one. Needs util-linux and no privileges.
 */
export function namespaceBodies(options: NamespaceBodiesOptions): BodyBackend {
  return new NamespaceBodies(options);
}
