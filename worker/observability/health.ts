import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { QueueObserver } from '../queue/events';

export interface HealthServer extends AsyncDisposable {
  readonly port: number;
  readonly observer: QueueObserver;
}

/** What `GET /health` answers, with status 200 when `healthy`, else 503. */
interface Health {
  healthy: boolean;
  state: 'waiting' | 'receiving' | 'backing-off' | 'stopping' | 'stopped';
  running: number;
  done: number;
  failed: number;
  /** Of the last receive call that failed, until one succeeds. */
  lastError: string | undefined;
}

/**
 * Answers `GET /health` on the loopback address: 200 while the consumer receives, 503 before it is started, while it backs
 * off from a queue that cannot be reached, and from its stop on until another one is started.
 */
export async function startHealthServer(port: number): Promise<HealthServer> {
  const health: Health = {
    healthy: false,
    state: 'waiting',
    running: 0,
    done: 0,
    failed: 0,
    lastError: undefined,
  };
  const server = createServer((request, response) => {
    const found = request.url === '/health';
    const status = !found ? 404 : health.healthy ? 200 : 503;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(found ? JSON.stringify(health) : '{}');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const become = (state: Health['state'], lastError?: string): void => {
    Object.assign(health, { state, lastError, healthy: state === 'receiving' } satisfies Partial<Health>);
  };
  return {
    port: (server.address() as AddressInfo).port,
    observer(event) {
      if (event.type === 'started') health.running += 1;
      else if (event.type === 'finished') {
        health.running -= 1;
        if (event.outcome === 'done') health.done += 1;
        else health.failed += 1;
      } else if (event.type === 'receiving' || event.type === 'stopping' || event.type === 'stopped')
        become(event.type);
      else if (health.state === 'stopping' || health.state === 'stopped') return;
      else if (event.type === 'receive-failed') become('backing-off', String(event.error));
      else if (event.type === 'receive-recovered') become('receiving');
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
