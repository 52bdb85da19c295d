import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { endLog, openLog } from './log-file';

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

it('tells its end when all of it can be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  const file = join(folder, 'a.log');
  const log = openLog(file, () => undefined);
  log.write('last words');
  const read = await new Promise((resolve) => {
    endLog(log, () => {
      resolve(readFileSync(file, 'utf8'));
    });
  });
  expect(read).toBe('last words');
  await rm(folder, { recursive: true });
});

it('tells its end also where it could not be written', async () => {
  const log = openLog(join(tmpdir(), 'no-such-folder', 'a.log'), () => undefined);
  await new Promise<void>((resolve) => {
    log.once('close', resolve);
  });
  await new Promise<void>((resolve) => {
    endLog(log, resolve);
  });
  expect(log.destroyed).toBe(true);
});
