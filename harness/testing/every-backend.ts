import { spawn } from 'node:child_process';
import { once } from 'node:events';

import pc from 'picocolors';

import { type BackendName, backendNames, backends } from '../lab/backend';
import { messageOf } from '../support/message-of';

const jest = require.resolve('jest/bin/jest');

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The integration tests on one backend; resolves with whether they passed. */
async function run(backend: BackendName, paths: readonly string[]): Promise<boolean> {
  say(pc.bold(`\nintegration tests on the backend ${backend}`));
  try {
    await backends[backend].prepare({ onProgress: say });
  } catch (error) {
    say(pc.red(messageOf(error)));
    return false;
  }
  const child = spawn(
    process.execPath,
    [jest, ...paths, '--maxWorkers=3', '--selectProjects', 'integration'],
    {
      env: { ...process.env, UPLOAD_PIPELINE_LAB_BACKEND: backend },
      stdio: 'inherit',
    },
  );
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  return exitCode === 0;
}

/**
 * Runs the integration tests on every backend that this machine has, or on the one that `UPLOAD_PIPELINE_LAB_BACKEND`
 * names, and ends with which ran and which did not. It fails when a test does, when there is no backend at all, and when
 * DOCKER_HOST names a daemon that does not answer.
 */
async function everyBackend(paths: readonly string[]): Promise<boolean> {
  const only = process.env.UPLOAD_PIPELINE_LAB_BACKEND ?? '';
  const verdicts: string[] = [];
  let failed = false;
  let ran = false;
  for (const name of backendNames) {
    if (only !== '' && only !== name) {
      verdicts.push(`${name.padEnd(12)}not run: UPLOAD_PIPELINE_LAB_BACKEND is ${only}`);
      continue;
    }
    const lack = await backends[name].lack();
    if (lack !== undefined) {
      failed ||= name === 'containers' && process.env.DOCKER_HOST !== undefined;
      verdicts.push(pc.bold(pc.yellow(`${name.padEnd(12)}NOT TESTED: ${lack}`)));
      continue;
    }
    const passed = await run(name, paths);
    ran = true;
    failed ||= !passed;
    verdicts.push(`${name.padEnd(12)}${passed ? pc.green('passed') : pc.red('FAILED')}`);
  }
  say(`\n${pc.bold('integration tests, by backend')}\n${verdicts.map((line) => `  ${line}`).join('\n')}\n`);
  return ran && !failed;
}

void everyBackend(process.argv.slice(2)).then((passed) => {
  process.exitCode = passed ? 0 : 1;
});
