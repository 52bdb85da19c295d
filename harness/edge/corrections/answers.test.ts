import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Edge } from '../edge';

const tags =
  '<tagSpecificationSet><item><resourceType>launch-template</resourceType><tagSet><item><key>Team</key><value>é</value></item></tagSet></item></tagSpecificationSet>';

describe('an answer of the emulator', () => {
  let emulator: Server;
  let edge: Edge;

  beforeEach(async () => {
    emulator = createServer((_request, response) => {
      const content = `<answer>${tags}<imageId>ami-1</imageId></answer>`;
      response.writeHead(200, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(content) });
      response.end(content);
    });
    emulator.listen(0, '127.0.0.1');
    await once(emulator, 'listening');
    edge = await Edge.start();
    edge.forwardTo(`http://127.0.0.1:${(emulator.address() as AddressInfo).port}`);
  });

  afterEach(async () => {
    await edge.close();
    emulator.close();
  });

  const answered = async (action: string): Promise<string> => {
    const scope = 'test/20261125/us-east-2/ec2/aws4_request';
    const response = await fetch(edge.url, {
      method: 'POST',
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
      body: new URLSearchParams({ Action: action }),
    });
    expect(response.headers.get('content-type')).toBe('text/xml');
    return response.text();
  };

  it('is corrected where a correction is known', async () => {
    expect(await answered('DescribeLaunchTemplateVersions')).toBe(
      '<answer><imageId>ami-1</imageId></answer>',
    );
  });

  it('is passed on as it is where none is', async () => {
    expect(await answered('DescribeInstances')).toBe(`<answer>${tags}<imageId>ami-1</imageId></answer>`);
  });
});
