import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { openGround } from '../testing/ground';
import { eventually } from './wait';

const doomed = resolve(__dirname, '../testing/doomed.ts');

/** Pids of every process of this machine that has the mark in its command, apart from the harness that was told it. */
async function marked(mark: string, except: number | undefined): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== except);
  const commands = await Promise.all(
    pids.map(async (pid) => [pid, await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')] as const),
  );
  return commands.flatMap(([pid, command]) =>
    command.includes(mark) && !command.includes(doomed) ? [pid] : [],
  );
}

describe('a harness that is killed (SIGKILL)', () => {
  it('leaves no LocalStack and no body behind once the next one starts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doomed-'));
    const mark = randomUUID();
    const child = spawn(process.execPath, ['--import', 'tsx', doomed, folder, mark], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const health = `${line.toString().trim()}/_localstack/health`;
      expect((await fetch(health)).ok).toBe(true);
      await eventually('what the body runs', async () => (await marked(mark, child.pid)).length > 0);

      child.kill('SIGKILL');
      await once(child, 'exit');
      const next = await openGround();
      await eventually('nothing of the body', async () => (await marked(mark, child.pid)).length === 0);
      await eventually('no LocalStack', async () => {
        const answer = await fetch(health).catch(() => undefined);
        return answer === undefined;
      });
      expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
      await next.close();
    } finally {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  }, 300_000);
});
