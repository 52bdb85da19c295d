import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type InstanceFacts, type MetadataLeaf, type MetadataNode, metadataTree } from './tree';

const host = '127.0.0.1';

/** EC2 allows tokens of one second to six hours. */
const longestTokenSeconds = 21_600;

/** The metadata service of one instance. */
export interface MetadataService {
  /** What `AWS_EC2_METADATA_SERVICE_ENDPOINT` has to be for this instance. */
  readonly endpoint: string;
  /** Stops it. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the metadata service of one instance, version 2 only: every read needs a session token.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 *
 * @param facts asked at every read, so that they may change while the instance runs.
 */
export async function startMetadata(facts: () => Promise<InstanceFacts>): Promise<MetadataService> {
  const tokens = new Map<string, number>();

  const putToken = (request: IncomingMessage, response: ServerResponse): void => {
    const seconds = Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds']);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestTokenSeconds) {
      answer(response, 400, 'Bad Request');
      return;
    }
    const token = randomBytes(32).toString('base64url');
    tokens.set(token, Date.now() + seconds * 1_000);
    response.setHeader('X-Aws-Ec2-Metadata-Token-Ttl-Seconds', seconds);
    answer(response, 200, token);
  };

  const get = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const expires = tokens.get(String(request.headers['x-aws-ec2-metadata-token'] ?? ''));
    if (expires === undefined || expires < Date.now()) {
      answer(response, 401, 'Unauthorized');
      return;
    }
    const found = await lookUp(await facts(), path);
    answer(response, found === undefined ? 404 : 200, found ?? 'Not Found');
  };

  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/latest/api/token') {
      if (request.method === 'PUT') {
        putToken(request, response);
      } else {
        answer(response, 405, 'Method Not Allowed');
      }
      return;
    }
    get(request, response, path).catch((error: unknown) => {
      answer(response, 500, String(error));
    });
  }).listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://${host}:${port}`,
    close: async () => {
      if (server.listening) {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }
    },
  };
}

function answer(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
}

const isLeaf = (node: MetadataNode): node is MetadataLeaf =>
  typeof node !== 'object' || Buffer.isBuffer(node);

/** Reads a leaf, or lists a folder as EC2 does: one name a line, folders with a slash. */
async function lookUp(facts: InstanceFacts, path: string): Promise<string | Buffer | undefined> {
  const names = path.split('/').filter((name) => name !== '');
  let node: MetadataNode | undefined = metadataTree(facts);
  for (const name of names) {
    node = node === undefined || isLeaf(node) ? undefined : node[name];
  }
  if (node === undefined) {
    return undefined;
  }
  if (isLeaf(node)) {
    return typeof node === 'function' ? node() : node;
  }
  return Object.entries(node)
    .flatMap(([name, child]) => (child === undefined ? [] : [isLeaf(child) ? name : `${name}/`]))
    .join('\n');
}
