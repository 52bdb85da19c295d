import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { attachedBackend } from './attached';
import type { Emulator } from './emulator';

describe('a LocalStack that somebody else keeps', () => {
  let server: Server;
  let folder: string;
  let sqs: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'attached-'));
    server = createServer((_, response) =>
      response.end(JSON.stringify({ services: { s3: 'available', sqs } })),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const start = (at: string): Promise<Emulator> =>
    attachedBackend(at).start({ folder, publicUrl: 'http://127.0.0.1:4566', onProgress: () => undefined });

  it('is used when it is fresh, and goes on when the lab stops', async () => {
    sqs = 'available';
    const emulator = await start(`${url()}/`);
    await emulator.stop();
    expect(emulator.url).toBe(url());
    expect((await fetch(emulator.url)).ok).toBe(true);
  });

  it('is refused when it has been used, with how to get a fresh one', async () => {
    sqs = 'running';
    await expect(start(url())).rejects.toThrow(
      /used already \(sqs\).*docker compose up --wait --force-recreate/,
    );
  });

  it('is missed when nobody answers, with how to start it', async () => {
    await expect(start('http://127.0.0.1:1')).rejects.toThrow(
      'No LocalStack answers at http://127.0.0.1:1. Start it with: docker compose up --wait',
    );
  });
});
