import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { findOnPath, spawnOwned, stopChild } from '../../harness/support/child';
import { freePort } from '../../harness/support/port';

/** What a bench started. */
export interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

/** nginx, from PATH or where Debian has it. */
export function findNginx(): string | undefined {
  return findOnPath('nginx') ?? findOnPath('nginx', '/usr/sbin:/usr/local/sbin');
}

async function listens(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await sleep(20);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`nginx ended by itself (exit code ${child.exitCode ?? child.signalCode ?? '?'}).`);
}

/** Runs nginx in the foreground with one worker, as one process of ours does the same. */
async function startNginx(nginx: string, http: string, port: number): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-nginx-'));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const configuration = `
    daemon off; worker_processes 1; pid ${join(folder, 'pid')}; error_log stderr error;
    events { worker_connections 2048; }
    http { access_log off; keepalive_requests 1000000000; ${paths.join(' ')} ${http} }`;
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configuration);
  const child = spawnOwned(nginx, ['-c', file, '-p', folder, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await listens(port, child);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      await stopChild(child, { graceMs: 2_000 });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** nginx that balances over targets, with kept connections to them. */
export async function nginxBalancer(nginx: string, targets: readonly string[]): Promise<Started> {
  const port = await freePort('127.0.0.1');
  const servers = targets.map((url) => `server ${new URL(url).host};`).join(' ');
  return startNginx(
    nginx,
    `upstream targets { ${servers} keepalive 256; keepalive_requests 1000000000; }
     server {
       listen 127.0.0.1:${port} backlog=1024;
       location / {
         proxy_pass http://targets; proxy_http_version 1.1;
         proxy_set_header Connection ""; proxy_set_header Host $http_host;
         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
       }
     }`,
    port,
  );
}

/** nginx as a target: the quickest that a target can be, so that what balances is what is measured. */
export async function nginxTarget(nginx: string): Promise<Started> {
  const port = await freePort('127.0.0.1');
  return startNginx(
    nginx,
    `server { listen 127.0.0.1:${port} backlog=1024; location / { default_type text/plain; return 200 "${'x'.repeat(512)}"; } }`,
    port,
  );
}
