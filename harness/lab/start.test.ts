import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { up } from './commands/up';
import { startLab } from './lab';

/** On a file system that has no room, ever. */
const fullDisk = '/proc/lab/standing';

describe('a lab that cannot start', () => {
  let project: string;

  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'project-'));
    await writeFile(join(project, 'cdktf.json'), JSON.stringify({ app: 'false' }));
  });

  afterEach(async () => {
    await rm(project, { recursive: true, force: true });
  });

  it('for its disk is full makes nothing on it', async () => {
    const refusal = 'The disk of /proc/lab/standing has 0 MB free; a lab needs 256 MB.';
    await expect(startLab({ project, folder: fullDisk })).rejects.toThrow(refusal);
    const order = { project, folder: fullDisk, port: 0, timeFactor: 1 };
    const { signal } = new AbortController();
    await expect(up({ ...order, signal, onProgress: () => undefined })).rejects.toThrow(refusal);
  });

  it('for its project is none makes nothing where that would be', async () => {
    const typo = join(project, 'typo');
    await expect(startLab({ project: typo })).rejects.toThrow(`${typo} cannot be read as a CDKTF project`);
    expect(existsSync(typo)).toBe(false);
  });

  it('for its time would be too short makes nothing', async () => {
    await expect(startLab({ project, timeFactor: 200 })).rejects.toThrow('A time factor is a number from 1');
    expect(await readdir(project)).toEqual(['cdktf.json']);
  });

  it('in a folder with somebody’s own configuration leaves that as it is', async () => {
    const folder = join(project, 'mine');
    await mkdir(folder);
    await writeFile(join(folder, 'config.json'), '{"mine":true}');
    await expect(startLab({ project, folder, config: { environment: 'test' } })).rejects.toThrow(
      'mine holds config.json; a lab needs a folder of its own',
    );
    expect(await readFile(join(folder, 'config.json'), 'utf8')).toBe('{"mine":true}');
  });
});
