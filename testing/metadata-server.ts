import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The instance metadata service (IMDSv2 only) of an instance that a test makes up. */
export interface MetadataServer extends AsyncDisposable {
  readonly endpoint: string;
  /** Values by their path below `/latest/meta-data/`. */
  readonly values: Map<string, string>;
  /** Makes every token given so far invalid. */
  readonly expireTokens: () => void;
  /** Requests for values so far. */
  readonly reads: () => number;
}

export async function startMetadataServer(values: Readonly<Record<string, string>>): Promise<MetadataServer> {
  const stored = new Map(Object.entries(values));
  let generation = 0;
  let reads = 0;
  const http = createServer((request, response) => {
    const end = (status: number, text = ''): void => {
      response.writeHead(status).end(text);
    };
    if (request.method === 'PUT' && request.url === '/latest/api/token') {
      const ttl = Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds']);
      if (ttl >= 1 && ttl <= 21_600) end(200, `token-${generation}`);
      else end(400);
      return;
    }
    if (request.headers['x-aws-ec2-metadata-token'] !== `token-${generation}`) {
      end(401);
      return;
    }
    reads += 1;
    const value = stored.get((request.url ?? '').replace('/latest/meta-data/', ''));
    if (value === undefined) end(404);
    else end(200, value);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    values: stored,
    expireTokens: () => {
      generation += 1;
    },
    reads: () => reads,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
