import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Parameters of a call, `Action` among them. */
export type AutoScalingCall = Readonly<Record<string, string>>;

/** Takes calls of the Auto Scaling API (query protocol) and remembers them. */
export interface AutoScalingServer extends AsyncDisposable {
  readonly endpoint: string;
  /** Oldest first. */
  readonly calls: readonly AutoScalingCall[];
}

/** @param refuses calls that are answered with a ValidationError. @default none: each is answered with success */
export async function startAutoScalingServer(
  refuses: (call: AutoScalingCall) => boolean = () => false,
): Promise<AutoScalingServer> {
  const calls: AutoScalingCall[] = [];
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const call = Object.fromEntries(new URLSearchParams(body));
      calls.push(call);
      const { Action = '' } = call;
      if (refuses(call)) {
        response.writeHead(400, { 'content-type': 'text/xml' });
        response.end(
          '<ErrorResponse><Error><Code>ValidationError</Code><Message>No active Lifecycle Action found</Message></Error></ErrorResponse>',
        );
        return;
      }
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

/** One that this process's own clients of Auto Scaling call, until it is disposed of. */
export async function autoScalingHere(
  refuses?: (call: AutoScalingCall) => boolean,
): Promise<AutoScalingServer> {
  const server = await startAutoScalingServer(refuses);
  const before = { ...process.env };
  process.env.AWS_ENDPOINT_URL_AUTO_SCALING = server.endpoint;
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      process.env = before;
      await server[Symbol.asyncDispose]();
    },
  };
}
