import type { Body, CommandResult } from '../fleet/bodies/body';

/** A command inside an instance did not do what it was told. */
export class InstanceCommandError extends Error {
  override readonly name = 'InstanceCommandError';
}

async function systemctl(body: Body, ...words: string[]): Promise<CommandResult> {
  return body.run(['systemctl', ...words]);
}

/** Whether the worker's unit is active on the instance. */
export async function workerRuns(body: Body, service: string): Promise<boolean> {
  return (await systemctl(body, 'is-active', service)).stdout.trim() === 'active';
}

/** The worker's process inside the instance; 0 where none runs. */
export async function mainPid(body: Body, service: string): Promise<number> {
  const { stdout } = await systemctl(body, 'show', '--property=MainPID', service);
  return Number(/MainPID=(\d+)/.exec(stdout)?.[1] ?? 0);
}

/**
 * Kills the worker process with SIGKILL and keeps it down: the signal goes to the process itself, which has no chance to
 * say goodbye, and `systemctl stop` tells systemd not to restart it, as an operator would on EC2.
 *
 * @throws InstanceCommandError when the process cannot be killed, or the unit is still active afterwards.
 */
export async function killWorker(body: Body, service: string): Promise<void> {
  const pid = await mainPid(body, service);
  if (pid > 0) {
    const { exitCode, stderr } = await body.run(['kill', '-KILL', String(pid)]);
    if (exitCode !== 0) {
      throw new InstanceCommandError(
        `process ${pid} of ${service} on ${body.instanceId} could not be killed: ${stderr.trim()}`,
      );
    }
  }
  const stopped = await systemctl(body, 'stop', service);
  if (await workerRuns(body, service)) {
    throw new InstanceCommandError(
      `${service} on ${body.instanceId} is still active after kill and stop: ${stopped.stderr.trim()}`,
    );
  }
}

/**
 * Starts the worker again.
 *
 * @throws InstanceCommandError with what systemctl said when the unit does not become active.
 */
export async function startWorker(body: Body, service: string): Promise<void> {
  const started = await systemctl(body, 'start', service);
  if (started.exitCode !== 0 || !(await workerRuns(body, service))) {
    throw new InstanceCommandError(
      `${service} on ${body.instanceId} did not start (exit code ${started.exitCode}): ${started.stderr.trim()}`,
    );
  }
}
