import type { IncomingMessage } from 'node:http';

import { Busboy } from '@fastify/busboy';

/** S3 takes 20,000 bytes of fields; more than these are no form. */
const longestHead = 64 * 1024;

/**
 * Reads the fields of a browser's upload form (presigned POST), which come before its file, and puts them back, so that
 * the request can be streamed on.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 *
 * @returns the fields by their names in lower case; `undefined` for a form without a file, which cannot be put back.
 */
export async function readUploadForm(request: IncomingMessage): Promise<Map<string, string> | undefined> {
  const parser = parserFor(request);
  if (parser === undefined) {
    return undefined;
  }
  const fields = new Map<string, string>();
  const reached = { file: false };
  parser.on('field', (name, value) => fields.set(name.toLowerCase(), value));
  parser.on('file', (_name, file) => {
    file.resume();
    reached.file = true;
  });
  // What is no form ends without a file.
  parser.on('error', () => undefined);
  let read = Buffer.alloc(0);
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    read = Buffer.concat([read, chunk]);
    await new Promise<void>((resolve) => {
      parser.write(chunk, () => {
        resolve();
      });
    });
    if (reached.file) {
      request.unshift(read);
      return fields;
    }
    if (read.length > longestHead) {
      break;
    }
  }
  return undefined;
}

function parserFor({ headers }: IncomingMessage): Busboy | undefined {
  const type = headers['content-type'];
  try {
    return type === undefined ? undefined : new Busboy({ headers: { 'content-type': type } });
  } catch {
    return undefined;
  }
}
