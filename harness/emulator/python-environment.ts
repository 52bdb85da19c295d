import { createHash } from 'node:crypto';
import { access, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { lock as lockFile } from 'proper-lockfile';

import { cacheFolder } from '../support/cache';
import { run } from '../support/run';
import { EmulatorError } from './errors';
import { localStackVersion, requirements } from './localstack';
import { type PythonInterpreter, findPython } from './python-interpreter';

/** A Python environment: an interpreter with packages. */
export interface PythonEnvironment {
  /** The environment's own folder. */
  readonly folder: string;
  /** Its interpreter. */
  readonly python: string;
  /** Folder of the interpreter it was made from, which it cannot do without. */
  readonly basePrefix: string;
}

/** Who hears of the making, which takes up to half a minute, and how to stop it. */
export interface PythonEnvironmentOptions {
  readonly onProgress: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** What an environment is made of. */
export interface LockedPackages {
  /** Paths of requirements files that lock every package by its hash. */
  readonly locks: readonly string[];
  /** What they are, for whoever waits for them. */
  readonly description: string;
}

const emulatorPackages: LockedPackages = {
  locks: [requirements],
  description: `LocalStack ${localStackVersion} and what it needs (134 MB)`,
};

/** Apart from LocalStack's: the AWS CLI loads what it finds there and does not need, which takes it a tenth of a second. */
const bodyPackages: LockedPackages = {
  locks: [join(__dirname, '../fleet/bodies/image/requirements.txt')],
  description: 'the AWS CLI and a systemd for the bodies (85 MB)',
};

const uvRequirements = join(__dirname, 'uv.txt');

/** How long another process may be busy making the same environment before its lock counts as left behind. */
const staleMs = 20_000;

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** A name that changes with everything that the environment is made of. */
async function nameOf(locks: readonly string[], interpreter: PythonInterpreter): Promise<string> {
  const hash = createHash('sha256');
  for (const part of [
    ...(await Promise.all(locks.map((lock) => readFile(lock)))),
    interpreter.version,
    await realpath(interpreter.path),
    process.arch,
  ]) {
    hash.update(part).update('\0');
  }
  return `python-${hash.digest('hex').slice(0, 16)}`;
}

async function make(
  folder: string,
  { locks, description }: LockedPackages,
  interpreter: PythonInterpreter,
  options: PythonEnvironmentOptions,
): Promise<void> {
  const { onProgress, signal } = options;
  const step = async (what: string, command: string, args: readonly string[]): Promise<void> => {
    onProgress(what);
    const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PYTHONDONTWRITEBYTECODE: undefined };
    const { exitCode, stderr, stdout } = await run(command, args, { env, stop: { graceMs: 1_000 }, signal });
    if (exitCode !== 0) {
      throw new EmulatorError(`${what} failed (exit code ${exitCode}):\n${(stderr || stdout).trim()}`);
    }
  };
  const python = join(folder, 'bin', 'python');
  await step(
    `making a Python ${interpreter.version} environment (once; kept in the cache folder)`,
    interpreter.path,
    ['-m', 'venv', '--clear', folder],
  );
  await step('fetching uv', python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--require-hashes',
    '-r',
    uvRequirements,
  ]);
  await step(`fetching ${description}`, join(folder, 'bin', 'uv'), [
    'pip',
    'install',
    '--quiet',
    '--python',
    python,
    '--compile-bytecode',
    '--require-hashes',
    ...locks.flatMap((lock) => ['-r', lock]),
  ]);
}

/** What LocalStack runs in. @throws as {@link lockedPythonEnvironment} */
export function emulatorEnvironment(options: PythonEnvironmentOptions): Promise<PythonEnvironment> {
  return lockedPythonEnvironment(emulatorPackages, options);
}

/** What bodies are lent of Python. @throws as {@link lockedPythonEnvironment} */
export function bodyEnvironment(options: PythonEnvironmentOptions): Promise<PythonEnvironment> {
  return lockedPythonEnvironment(bodyPackages, options);
}

/**
 * A Python environment, made once from hash-locked requirements and kept in the cache folder. Several processes may ask at
 * once: one makes it, the others wait. A half-made one is made anew.
 *
 * @throws EmulatorError when there is no usable interpreter or a package cannot be had.
 */
export async function lockedPythonEnvironment(
  packages: LockedPackages,
  options: PythonEnvironmentOptions,
): Promise<PythonEnvironment> {
  const interpreter = await findPython();
  const folder = join(cacheFolder(), await nameOf(packages.locks, interpreter));
  const complete = join(folder, 'complete');
  if (!(await exists(complete))) {
    await mkdir(cacheFolder(), { recursive: true });
    const release = await lockFile(folder, {
      realpath: false,
      stale: staleMs,
      retries: { forever: true, minTimeout: 200, maxTimeout: 1_000 },
    });
    try {
      if (!(await exists(complete))) {
        await rm(folder, { recursive: true, force: true });
        await make(folder, packages, interpreter, options);
        await writeFile(complete, `${interpreter.version}\n`);
      }
    } finally {
      await release();
    }
  }
  const python = join(folder, 'bin', 'python');
  return { folder, python, basePrefix: dirname(dirname(await realpath(python))) };
}
