import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { findOnPath } from '../support/child';
import { run } from '../support/run';
import { EmulatorError } from './errors';

/** LocalStack 4.14.0 prints «Ready.» on older ones and then fails to load S3, SNS and SQS. */
const oldestMinor = 12;
/** The newest that every locked package has wheels for. */
const newestMinor = 13;

/** A Python interpreter that was run and told who it is. */
export interface PythonInterpreter {
  readonly path: string;
  /** E.g. `3.13.0`. */
  readonly version: string;
}

async function identify(path: string): Promise<PythonInterpreter | undefined> {
  try {
    const { exitCode, stdout } = await run(
      path,
      ['-c', 'import platform, venv; print(platform.python_version())'],
      {
        env: process.env,
        stop: { graceMs: 1_000 },
      },
    );
    return exitCode === 0 ? { path, version: stdout.trim() } : undefined;
  } catch {
    return undefined;
  }
}

function isUsable({ version }: PythonInterpreter): boolean {
  const [major, minor = 0] = version.split('.').map(Number);
  return major === 3 && minor >= oldestMinor && minor <= newestMinor;
}

/** Interpreters that version managers keep: `<folder>/<version>/bin/python3`. */
async function managed(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const home = homedir();
  const folders = [
    join(environment.PYENV_ROOT ?? join(home, '.pyenv'), 'versions'),
    join(environment.ASDF_DATA_DIR ?? join(home, '.asdf'), 'installs', 'python'),
    join(environment.MISE_DATA_DIR ?? join(home, '.local/share/mise'), 'installs', 'python'),
    join(environment.XDG_DATA_HOME ?? join(home, '.local/share'), 'uv', 'python'),
  ];
  const found: string[] = [];
  for (const folder of folders) {
    try {
      const versions = (await readdir(folder)).sort((a, b) =>
        b.localeCompare(a, undefined, { numeric: true }),
      );
      found.push(...versions.map((version) => join(folder, version, 'bin', 'python3')));
    } catch {
      continue;
    }
  }
  return found;
}

/**
 * Finds a Python that LocalStack runs on: the setting `UPLOAD_PIPELINE_LAB_PYTHON`, then PATH, then what version
 * managers (pyenv, asdf, mise, uv) keep.
 *
 * @throws EmulatorError that says which were looked at and how to get one.
 */
export async function findPython(environment: NodeJS.ProcessEnv = process.env): Promise<PythonInterpreter> {
  const setting = environment.UPLOAD_PIPELINE_LAB_PYTHON;
  const wanted = `Python 3.${oldestMinor} or 3.${newestMinor}`;
  if (setting !== undefined && setting !== '') {
    const set = await identify(setting);
    if (set !== undefined && isUsable(set)) {
      return set;
    }
    throw new EmulatorError(
      `UPLOAD_PIPELINE_LAB_PYTHON is ${setting}, which ${set === undefined ? 'does not run as Python' : `is Python ${set.version}`}. ` +
        `Name ${wanted}, or unset the variable to have one looked for.`,
    );
  }
  const named = [`python3.${newestMinor}`, `python3.${oldestMinor}`, 'python3', 'python'];
  const candidates = [
    ...named.map((name) => findOnPath(name, environment.PATH)),
    ...(await managed(environment)),
  ];
  const seen: string[] = [];
  for (const path of new Set(candidates)) {
    const interpreter = path === undefined ? undefined : await identify(path);
    if (interpreter === undefined) {
      continue;
    }
    if (isUsable(interpreter)) {
      return interpreter;
    }
    seen.push(`${interpreter.path} (${interpreter.version})`);
  }
  throw new EmulatorError(
    `LocalStack needs ${wanted}, and there is none; seen: ${seen.join(', ') || 'no Python at all'}. ` +
      'Install one (for example: uv python install 3.13), or name one with UPLOAD_PIPELINE_LAB_PYTHON.',
  );
}
