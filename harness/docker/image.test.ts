import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { builtImage, pullImage } from './image';
import { type Answer, ScriptedDaemon } from './testing/daemon';

const image = 'localstack/localstack:0.0.0';
const there = { [`GET /images/${image}/json`]: { status: 200, body: { Id: 'i1' } } };

describe('images', () => {
  let daemon: ScriptedDaemon;
  let folder: string;
  const told: string[] = [];
  const options = { onProgress: (message: string) => told.push(message) };

  async function start(answers: Record<string, Answer>): Promise<void> {
    daemon = await ScriptedDaemon.start(answers);
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-'));
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
  });

  afterEach(async () => {
    await daemon.stop();
    await rm(folder, { recursive: true });
    told.length = 0;
  });

  it('are not pulled again', async () => {
    await start(there);
    await pullImage(daemon.docker, image, options);
    expect(daemon.calls).toEqual([`GET /images/${image}/json`]);
    expect(told).toEqual([]);
  });

  it('are pulled once, and that is told', async () => {
    await start({ 'POST /images/create': { status: 200, body: { status: 'Pull complete' } } });
    await pullImage(daemon.docker, image, options);
    expect(told).toEqual([`pulling ${image} (once; kept by Docker)`]);
  });

  it.each<[string, Answer]>([
    ['refuses', { status: 500, body: { message: 'manifest unknown' } }],
    ['fails in the middle', { status: 200, body: { error: 'manifest unknown' } }],
  ])('that do not exist are told with what the registry said when it %s', async (_, answer) => {
    await start({ 'POST /images/create': answer });
    await expect(pullImage(daemon.docker, image, options)).rejects.toThrow(
      /The image localstack\/localstack:0\.0\.0 could not be pulled \(.*manifest unknown.*\)\. .*--backend process/,
    );
  });

  it('that cannot be built are told with what the builder said, and how to see for oneself', async () => {
    await start({ 'POST /build': { status: 200, body: { error: 'no space left on device' } } });
    await expect(builtImage(daemon.docker, 'body', folder, options)).rejects.toThrow(
      `The image body could not be built from ${folder} (no space left on device). See for yourself with: docker build ${folder}`,
    );
  });

  it('are built anew when a file changes, and only then', async () => {
    await start({ 'POST /build': { status: 200, body: { stream: 'Successfully built' } } });
    const first = await builtImage(daemon.docker, 'body', folder, options);
    expect(await builtImage(daemon.docker, 'body', folder, options)).toBe(first);
    await writeFile(join(folder, 'boot'), '#!/bin/sh\n');
    expect(await builtImage(daemon.docker, 'body', folder, options)).not.toBe(first);
    expect(first).toMatch(/^body:[0-9a-f]{16}$/);
  });

  it('are not waited for once the person has given up', async () => {
    await start({});
    const signal = AbortSignal.abort(new Error('given up'));
    await expect(pullImage(daemon.docker, image, { ...options, signal })).rejects.toThrow('given up');
    expect(daemon.calls).toEqual([]);
  });
});
