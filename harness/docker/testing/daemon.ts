import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Dockerode from 'dockerode';

/** What a call is answered with: a status, and JSON or lines of it. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** A daemon of a few words on a socket, for what a real one does not do on demand: refuse, fail, go away. */
export class ScriptedDaemon {
  private constructor(
    /** Calls as `METHOD /path`, without the version and the query. */
    readonly calls: readonly string[],
    private readonly folder: string,
    private readonly server: Server,
    readonly docker: Dockerode,
  ) {}

  /** @param answers by call; calls that are not there are answered with 404, as things that do not exist */
  static async start(answers: Readonly<Record<string, Answer>>): Promise<ScriptedDaemon> {
    const folder = await mkdtemp(join(tmpdir(), 'docker-'));
    const socketPath = join(folder, 'docker.sock');
    const calls: string[] = [];
    const server = createServer((request, response) => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const call = `${request.method ?? ''} ${path.replace(/^\/v[\d.]+/, '')}`;
      calls.push(call);
      request.resume();
      const { status, body } = answers[call] ?? { status: 404, body: { message: `no such thing: ${call}` } };
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
    }).listen(socketPath);
    await once(server, 'listening');
    return new ScriptedDaemon(calls, folder, server, new Dockerode({ socketPath }));
  }

  /** Goes away, and its socket with it. Idempotent. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
