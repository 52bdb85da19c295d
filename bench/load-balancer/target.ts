import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A target such as a web instance runs: Node's own server, with a small page. */
const page = 'x'.repeat(512);

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': page.length }).end(page);
});
// As AWS advises: longer than the idle timeout of the load balancer.
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('disconnect', () => process.exit());
