import type { IncomingMessage } from 'node:http';

import { Busboy } from '@fastify/busboy';

/** S3 takes 20,000 bytes of fields; more than these are no form. */
const longestHead = 64 * 1024;

/** What a browser posts to upload a file, but for the file. */
export interface UploadForm {
  /** Its fields by their names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** Of the object: what the file is called is in it where the form says so. */
  readonly key: string;
  /** What a PUT would have for headers to do the same. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Fields whose header is called otherwise. */
const headerNames: Readonly<Record<string, string>> = { acl: 'x-amz-acl', tagging: 'x-amz-tagging' };

/**
 * Reads the fields of a browser's upload form (presigned POST), which come before its file, and puts them back, so that
 * the request can be streamed on.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 *
 * @returns `undefined` for a form without a file, which cannot be put back.
 */
export async function readUploadForm(request: IncomingMessage): Promise<UploadForm | undefined> {
  const parser = parserFor(request);
  if (parser === undefined) {
    return undefined;
  }
  const fields = new Map<string, string>();
  const reached: { fileName?: string } = {};
  parser.on('field', (name, value) => fields.set(name.toLowerCase(), value));
  // A file that has a type needs no name: the types of the library deny that.
  parser.on('file', (_name, file, fileName: string | undefined) => {
    file.resume();
    reached.fileName = fileName ?? '';
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
    if (reached.fileName !== undefined) {
      request.unshift(read);
      return formOf(fields, reached.fileName);
    }
    if (read.length > longestHead) {
      break;
    }
  }
  return undefined;
}

function formOf(fields: ReadonlyMap<string, string>, fileName: string): UploadForm {
  return {
    fields,
    key: (fields.get('key') ?? '').replaceAll('${filename}', () => fileName),
    headers: Object.fromEntries([...fields].map(([name, value]) => [headerNames[name] ?? name, value])),
  };
}

function parserFor({ headers }: IncomingMessage): Busboy | undefined {
  const type = headers['content-type'];
  try {
    return type === undefined ? undefined : new Busboy({ headers: { 'content-type': type } });
  } catch {
    return undefined;
  }
}
