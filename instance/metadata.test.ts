import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMetadataServer } from '../testing/metadata-server';
import { instanceMetadata } from './metadata';

describe('the instance metadata', () => {
  it('is read with a session token', async () => {
    await using server = await startMetadataServer({ 'instance-id': 'i-1' });
    expect(await instanceMetadata(server.endpoint).read('instance-id')).toBe('i-1');
  });

  it('is undefined where there is no value', async () => {
    await using server = await startMetadataServer({});
    expect(await instanceMetadata(server.endpoint).read('spot/instance-action')).toBeUndefined();
  });

  it('is read with a new token when the old one is no longer valid', async () => {
    await using server = await startMetadataServer({ 'instance-id': 'i-1' });
    const metadata = instanceMetadata(`${server.endpoint}/`);
    await metadata.read('instance-id');
    server.expireTokens();
    expect(await metadata.read('instance-id')).toBe('i-1');
  });

  it('is an error when the service is not there', async () => {
    const server = await startMetadataServer({});
    await server[Symbol.asyncDispose]();
    await expect(instanceMetadata(server.endpoint).read('instance-id')).rejects.toThrow();
  });

  it('is an error when the service begins an answer and does not end it', async () => {
    const silent = createServer((_request, response) => response.writeHead(200).write('to'));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    try {
      await expect(instanceMetadata(`http://127.0.0.1:${port}`).read('instance-id')).rejects.toThrow();
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });
});
