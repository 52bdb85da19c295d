import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes calls of the Auto Scaling API (query protocol) and remembers them; each is answered with success. */
export interface AutoScalingServer extends AsyncDisposable {
  readonly endpoint: string;
  /** Parameters of each call, `Action` among them, oldest first. */
  readonly calls: readonly Readonly<Record<string, string>>[];
}

export async function startAutoScalingServer(): Promise<AutoScalingServer> {
  const calls: Record<string, string>[] = [];
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const call = Object.fromEntries(new URLSearchParams(body));
      calls.push(call);
      const { Action = '' } = call;
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(`<${Action}Response><${Action}Result/></${Action}Response>`);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    calls,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
