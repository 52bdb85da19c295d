import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Sends bytes to a listener on a connection of its own, and gives all that comes back until it ends. */
export async function sendRaw(url: string, data: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(data, 'latin1');
  return text(socket);
}

/** A request that ends its connection. */
export function rawRequest(line: string, ...headers: string[]): string {
  return [`${line} HTTP/1.1`, 'Host: site.example', ...headers, 'Connection: close', '', ''].join('\r\n');
}
