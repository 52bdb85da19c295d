import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { readUploadForm } from './upload-form';

/** What is read of a form, and what can be read after that. */
const server = createServer((request, response) => {
  void readUploadForm(request).then(async (form) => {
    response.end(JSON.stringify({ key: form?.key, rest: await text(request) }));
  });
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

const part = (head: string, content: string): string => `--boundary\r\n${head}\r\n\r\n${content}\r\n`;
const key = part('Content-Disposition: form-data; name="key"', 'uploads/${filename}');

describe('an upload form', () => {
  it.each([
    ['has a name', '; filename="a.txt"', 'uploads/a.txt'],
    ['has a type only', '\r\nContent-Type: application/octet-stream', 'uploads/'],
  ])('is read and put back where its file %s', async (_what, details, read) => {
    const file = part(`Content-Disposition: form-data; name="file"${details}`, 'hello');
    const body = `${key}${file}--boundary--\r\n`;
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=boundary' },
      body,
    });
    expect(await answer.json()).toEqual({ key: read, rest: body });
  });
});
