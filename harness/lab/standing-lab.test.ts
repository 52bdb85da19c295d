import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { removeFolder } from '../support/remove';
import { labOutputs } from './outputs';
import { StandingLab, closeEnded } from './standing-lab';

const why = new Error('LocalStack ended (exit code 3)');

describe('a standing lab whose LocalStack has ended', () => {
  let folder: string;
  let logFile: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standing-'));
    logFile = join(folder, 'localstack', 'localstack.log');
    await mkdir(dirname(logFile));
    await writeFile(logFile, 'Killed');
    await writeFile(join(folder, 'state'), 'all else');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const end = (close: () => Promise<void>): Promise<void> => {
    const emulator = {
      url: 'http://127.0.0.1:1',
      logFile,
      ended: AbortSignal.abort(),
      stop: () => Promise.resolve(),
    };
    const outputs = labOutputs.parse(
      Object.fromEntries(Object.keys(labOutputs.shape).map((name) => [name, name])),
    );
    const record = { endpoint: 'http://127.0.0.1:2', token: '', owner: '', timeFactor: 1, outputs };
    return closeEnded({ folder, emulator, close }, record, why);
  };

  it('says why to who looks for it, keeps that log and nothing else', async () => {
    await end(() => removeFolder(folder));
    await expect(StandingLab.find(folder)).rejects.toThrow(
      'The lab at http://127.0.0.1:2 has ended: LocalStack ended (exit code 3)\nStart a new one with: npm run lab -- up',
    );
    expect(await readFile(logFile, 'utf8')).toBe('Killed');
    await expect(readFile(join(folder, 'state'))).rejects.toThrow('ENOENT');
    expect((await StandingLab.findAny(folder)).isAlive()).toBe(false);
  });

  it('says as well what could not be stopped', async () => {
    await end(() => Promise.reject(new Error('the network stays')));
    await expect(StandingLab.find(folder)).rejects.toThrow('(exit code 3)\nthe network stays\n');
  });
});
