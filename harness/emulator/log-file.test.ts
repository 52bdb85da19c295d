import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openLog } from './log-file';

it('keeps what is logged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  const told: string[] = [];
  const log = openLog(join(folder, 'a.log'), (line) => told.push(line));
  log.write('one\n');
  log.end('two\n');
  await once(log, 'close');
  expect(await readFile(join(folder, 'a.log'), 'utf8')).toBe('one\ntwo\n');
  expect(told).toEqual([]);
  await rm(folder, { recursive: true });
});

it('tells once that it cannot be written, and takes what else is logged', async () => {
  const told: string[] = [];
  const log = openLog(join(tmpdir(), 'no-such-folder', 'a.log'), (line) => told.push(line));
  const closed = new Promise<void>((resolve) => {
    log.once('close', resolve);
  });
  log.write('one\n');
  await closed;
  log.write('two\n');
  log.end();
  await new Promise(setImmediate);
  expect(told).toEqual([expect.stringContaining('ENOENT')]);
});
